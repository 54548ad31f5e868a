//! The C ABI of <keyscore/kpi_abi.h>, as of version 1.0, in Rust. Every host of major version 1
//! loads a library that is written against it: what came later stands behind these fields, and what
//! a struct lacks counts as absent. The header says what each field means.
#![allow(dead_code)]

use core::ffi::c_void;
use core::mem::size_of;

pub const ABI_MAJOR: u32 = 1;
pub const ABI_MINOR: u32 = 0;

// google.rpc.Code
pub const OK: i32 = 0;
pub const CANCELLED: i32 = 1;
pub const INVALID_ARGUMENT: i32 = 3;

pub const PILLAR_RELATIONSHIPS: u32 = 1;
pub const LOWER_IS_BETTER: u32 = 2;
pub const LEADING: u32 = 1;
pub const CONTROL_HIGH: u32 = 1;
pub const ROLLUP_ACCOUNTS: u32 = 2;
pub const LIST: u32 = 8;
pub const WINDOW_TRAILING: u32 = 4;
pub const STATE_VALUE: u8 = 1;
pub const STATE_ERROR: u8 = 3;
pub const CAP_DETERMINISTIC: u32 = 1;
pub const CAP_ROW_INDEPENDENT: u32 = 2;
pub const CAP_REENTRANT: u32 = 4;
pub const TYPE_LIST_DOUBLE: u32 = 6;

#[repr(C)]
#[derive(Clone, Copy)]
pub struct Str {
    pub data: *const u8,
    pub size: u64,
}

pub const fn text(words: &'static str) -> Str {
    Str {
        data: words.as_ptr(),
        size: words.len() as u64,
    }
}

pub const NO_TEXT: Str = Str {
    data: core::ptr::null(),
    size: 0,
};

#[repr(C)]
pub struct CurvePoint {
    pub value: f64,
    pub score: f64,
}

#[repr(C)]
pub struct Error {
    pub struct_size: u32,
    pub size: u32,
    pub message: *mut u8,
    pub capacity: u64,
}

#[repr(C)]
pub struct Host {
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub reserved: u32,
    pub context: *mut c_void,
    pub log: Option<unsafe extern "C" fn(context: *mut c_void, level: u32, message: Str)>,
}

#[repr(C)]
pub struct Measure {
    pub struct_size: u32,
    pub aggregate: u32,
    pub window: u32,
    pub window_days: u32,
    pub flags: u32,
    pub reserved: u32,
    pub name: Str,
    pub dataset: Str,
    pub value: Str,
    pub filter: Str,
    pub time_column: Str,
    pub end_column: Str,
    pub title: Str,
    pub unit: Str,
}

#[repr(C)]
pub struct ConfigValue {
    pub struct_size: u32,
    pub reserved: u32,
    pub name: Str,
    pub value: f64,
}

#[repr(C)]
pub struct Context {
    pub struct_size: u32,
    pub subject_kind: u32,
    pub period_from_us: i64,
    pub period_to_us: i64,
    pub period_days: i64,
    pub cancel_context: *mut c_void,
    pub cancelled: Option<unsafe extern "C" fn(cancel_context: *mut c_void) -> i32>,
}

#[repr(C)]
pub struct Column {
    pub struct_size: u32,
    pub column_type: u32,
    pub values: *const c_void,
    pub validity: *const u8,
    pub offsets: *const i64,
}

#[repr(C)]
pub struct InputBatch {
    pub struct_size: u32,
    pub column_count: u32,
    pub row_count: u64,
    pub columns: *const Column,
    pub column_stride: u64,
}

#[repr(C)]
pub struct OutputBatch {
    pub struct_size: u32,
    pub reserved: u32,
    pub row_count: u64,
    pub state: *mut u8,
    pub value: *mut f64,
    pub sample_size: *mut i64,
    pub weight: *mut f64,
    pub low: *mut f64,
    pub high: *mut f64,
}

pub type Create = unsafe extern "C" fn(
    host: *const Host,
    values: *const ConfigValue,
    count: u32,
    stride: u32,
    instance: *mut *mut c_void,
    error: *mut Error,
) -> i32;
pub type Destroy = unsafe extern "C" fn(instance: *mut c_void);
pub type Evaluate = unsafe extern "C" fn(
    instance: *mut c_void,
    context: *const Context,
    input: *const InputBatch,
    output: *mut OutputBatch,
    error: *mut Error,
) -> i32;

#[repr(C)]
pub struct Kpi {
    pub struct_size: u32,
    pub pillar: u32,
    pub direction: u32,
    pub timing: u32,
    pub controllability: u32,
    pub rollup: u32,
    pub cadence_days: u32,
    pub capabilities: u32,
    pub id: Str,
    pub version: Str,
    pub title: Str,
    pub description: Str,
    pub formula: Str,
    pub unit: Str,
    pub inputs: *const Measure,
    pub input_count: u32,
    pub input_stride: u32,
    pub curve: *const CurvePoint,
    pub curve_count: u32,
    pub action_count: u32,
    pub actions: *const Str,
    pub default_weight: f64,
    pub default_target: f64,
    pub target_source: Str,
    pub config: *const c_void,
    pub config_count: u32,
    pub config_stride: u32,
    pub create: Option<Create>,
    pub destroy: Option<Destroy>,
    pub evaluate: Option<Evaluate>,
}

#[repr(C)]
pub struct Library {
    pub struct_size: u32,
    pub abi_major: u32,
    pub abi_minor: u32,
    pub kpi_count: u32,
    pub id: Str,
    pub version: Str,
    pub vendor: Str,
    pub description: Str,
    pub kpis: *const Kpi,
    pub datasets: *const c_void,
    pub kpi_stride: u32,
    pub dataset_count: u32,
    pub dataset_stride: u32,
    pub reserved: u32,
}

// What these point at is constant while the process lives.
unsafe impl Sync for Str {}
unsafe impl Sync for Measure {}
unsafe impl Sync for Kpi {}
unsafe impl Sync for Library {}

/// `sizeof` in the type of `struct_size` and of strides.
pub const fn size<T>() -> u32 {
    size_of::<T>() as u32
}

// The freeze of major version 1; the same numbers stand at the end of the header.
const _: () = assert!(size_of::<*const u8>() == 8);
const _: () = assert!(size_of::<Str>() == 16);
const _: () = assert!(size_of::<CurvePoint>() == 16);
const _: () = assert!(size_of::<Error>() == 24);
const _: () = assert!(size_of::<Host>() == 32);
const _: () = assert!(size_of::<Measure>() == 152);
const _: () = assert!(size_of::<ConfigValue>() == 32);
const _: () = assert!(size_of::<Context>() == 48);
const _: () = assert!(size_of::<Column>() == 32);
const _: () = assert!(size_of::<InputBatch>() == 32);
const _: () = assert!(size_of::<OutputBatch>() == 64);
const _: () = assert!(size_of::<Kpi>() == 240);
const _: () = assert!(size_of::<Library>() == 112);
