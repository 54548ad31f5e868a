//! A KPI in Rust: the longest silence between an account and its manager. It speaks the C ABI and
//! needs neither crates nor the standard library, so the loaded library starts no runtime and has
//! no thread-local state to tear down.
#![no_std]

mod kpi_abi;

use core::ffi::c_void;
use core::ptr::{addr_of, copy_nonoverlapping, null, null_mut};
use core::slice::from_raw_parts;
use kpi_abi::*;

const WINDOW_DAYS: u32 = 180;
const SECONDS_PER_DAY: f64 = 86_400.0;
const ROWS_BETWEEN_LOOKS: u64 = 4096;

/// The longest gap, in days, between one of `contacts` (instants in seconds, ascending) and the
/// next, or between the last of them and `end`. None without a contact, and where a value is not
/// finite.
fn longest_silence(contacts: &[f64], end: f64) -> Option<f64> {
    let first = *contacts.first()?;
    let mut longest: f64 = 0.0;
    let mut before = first;
    for &contact in contacts[1..].iter().chain(core::iter::once(&end)) {
        let gap = contact - before;
        if gap > longest {
            longest = gap;
        }
        before = contact;
    }
    let days = longest / SECONDS_PER_DAY;
    let all_finite = end.is_finite() && contacts.iter().all(|contact| contact.is_finite());
    (all_finite && days.is_finite()).then(|| days)
}

/// Hands the host the reason, as far as it fits, and returns the code.
unsafe fn fail(error: *mut Error, code: i32, reason: &str) -> i32 {
    if !error.is_null() && (*error).struct_size >= size::<Error>() && !(*error).message.is_null() {
        let fits = (*error).capacity.min(reason.len() as u64);
        copy_nonoverlapping(reason.as_ptr(), (*error).message, fits as usize);
        (*error).size = fits as u32;
    }
    code
}

/// There are no settings, and nothing to remember between calls.
unsafe extern "C" fn create(
    _host: *const Host,
    _values: *const ConfigValue,
    count: u32,
    _stride: u32,
    instance: *mut *mut c_void,
    error: *mut Error,
) -> i32 {
    if count != 0 {
        return fail(error, INVALID_ARGUMENT, "longest_silence has no settings");
    }
    if !instance.is_null() {
        *instance = null_mut();
    }
    OK
}

unsafe extern "C" fn evaluate(
    _instance: *mut c_void,
    context: *const Context,
    input: *const InputBatch,
    output: *mut OutputBatch,
    error: *mut Error,
) -> i32 {
    if context.is_null() || input.is_null() || output.is_null() {
        return fail(
            error,
            INVALID_ARGUMENT,
            "longest_silence: a struct is missing",
        );
    }
    let (context, input, output) = (&*context, &*input, &*output);
    if input.column_count != 1
        || output.row_count != input.row_count
        || (*input.columns).column_type != TYPE_LIST_DOUBLE
    {
        return fail(
            error,
            INVALID_ARGUMENT,
            "longest_silence: expected one list column",
        );
    }
    let contacts = &*input.columns;
    let end = context.period_to_us as f64 / 1e6;
    for row in 0..input.row_count {
        if row % ROWS_BETWEEN_LOOKS == 0 {
            if let Some(cancelled) = context.cancelled {
                if cancelled(context.cancel_context) != 0 {
                    return fail(error, CANCELLED, "longest_silence: cancelled");
                }
            }
        }
        let at = row as usize;
        let valid =
            contacts.validity.is_null() || (*contacts.validity.add(at / 8) >> (at % 8)) & 1 != 0;
        let (begin, stop) = (*contacts.offsets.add(at), *contacts.offsets.add(at + 1));
        // The host has preset every row to NO_DATA.
        if !valid || begin == stop {
            continue;
        }
        let values = contacts.values as *const f64;
        let list = from_raw_parts(values.add(begin as usize), (stop - begin) as usize);
        match longest_silence(list, end) {
            Some(days) => {
                *output.state.add(at) = STATE_VALUE;
                *output.value.add(at) = days;
                *output.sample_size.add(at) = stop - begin;
            }
            None => *output.state.add(at) = STATE_ERROR,
        }
    }
    OK
}

static INPUTS: [Measure; 1] = [Measure {
    struct_size: size::<Measure>(),
    aggregate: LIST,
    window: WINDOW_TRAILING,
    window_days: WINDOW_DAYS,
    flags: 0,
    reserved: 0,
    name: text("contacts"),
    dataset: text("interaction"),
    value: text("unix_seconds(occurred_at)"),
    filter: NO_TEXT,
    time_column: NO_TEXT,
    end_column: NO_TEXT,
    title: text("contacts of the last 180 days"),
    unit: text("seconds since 1970"),
}];

static CURVE: [CurvePoint; 3] = [
    CurvePoint {
        value: 14.0,
        score: 100.0,
    },
    CurvePoint {
        value: 45.0,
        score: 60.0,
    },
    CurvePoint {
        value: 120.0,
        score: 0.0,
    },
];

static ACTIONS: [Str; 2] = [
    text("Put a recurring check-in with every account into the calendar."),
    text("Call the account that has waited longest today."),
];

static KPIS: [Kpi; 1] = [Kpi {
    struct_size: size::<Kpi>(),
    pillar: PILLAR_RELATIONSHIPS,
    direction: LOWER_IS_BETTER,
    timing: LEADING,
    controllability: CONTROL_HIGH,
    rollup: ROLLUP_ACCOUNTS,
    cadence_days: 30,
    capabilities: CAP_DETERMINISTIC | CAP_ROW_INDEPENDENT | CAP_REENTRANT,
    id: text("contact_rhythm.longest_silence"),
    version: text("1.0.0"),
    title: text("Longest silence"),
    description: text(
        "How long an account went without any contact, at the longest, in half a year.",
    ),
    formula: text("mean over accounts of the longest gap between contacts, or since the last one"),
    unit: text("days"),
    inputs: &INPUTS as *const Measure,
    input_count: INPUTS.len() as u32,
    input_stride: size::<Measure>(),
    curve: &CURVE as *const CurvePoint,
    curve_count: CURVE.len() as u32,
    action_count: ACTIONS.len() as u32,
    actions: &ACTIONS as *const Str,
    default_weight: 0.0,
    default_target: 45.0,
    target_source: text("An example: half a quarter."),
    config: null(),
    config_count: 0,
    config_stride: 0,
    create: Some(create),
    destroy: None,
    evaluate: Some(evaluate),
}];

static LIBRARY: Library = Library {
    struct_size: size::<Library>(),
    abi_major: ABI_MAJOR,
    abi_minor: ABI_MINOR,
    kpi_count: KPIS.len() as u32,
    id: text("contact_rhythm"),
    version: text("1.0.0"),
    vendor: text("Keyscore's examples"),
    description: text("How steadily accounts are looked after"),
    kpis: &KPIS as *const Kpi,
    datasets: null(),
    kpi_stride: size::<Kpi>(),
    dataset_count: 0,
    dataset_stride: 0,
    reserved: 0,
};

/// The one exported symbol.
#[no_mangle]
pub extern "C" fn keyscore_kpi_library(_host: *const Host) -> *const Library {
    addr_of!(LIBRARY)
}

#[link(name = "c")]
extern "C" {
    fn abort() -> !;
}

/// Nothing here panics on purpose; a panic must not unwind into the host.
#[panic_handler]
fn panic(_info: &core::panic::PanicInfo) -> ! {
    unsafe { abort() }
}
