-- The starts and ends of an account's ownership cut its time into pieces, each with one owner.
delete from span;
insert into span
with owned as (
  select fact_id, account_id, manager_id, occurred_at as span_from,
         coalesce(until, timestamp 'infinity') as span_to
  from ownership where until is null or until > occurred_at),
cut as (select account_id, span_from as boundary from owned
        union select account_id, span_to from owned),
piece as (select account_id, boundary as span_from,
                 lead(boundary) over (partition by account_id order by boundary) as span_to
          from cut)
select p.account_id, p.span_from, p.span_to, o.manager_id
from piece p join owned o on o.account_id = p.account_id
  and o.span_from <= p.span_from and o.span_to >= p.span_to
qualify row_number() over (partition by p.account_id, p.span_from
                           order by o.span_from desc, o.fact_id desc) = 1;
