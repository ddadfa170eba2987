//! What every backend must do, as one suite that runs against each of them.
//!
//! A backend's tests call [`check`] with a closure that gives an empty store each time.

mod breakers;
mod examples;
mod executions;
mod figures;
mod logs;
mod outputs;
mod retention;
mod search;
mod sessions;
mod settings;

pub use self::examples::{ended, id, started};

use crate::store::Store;

/// One fact about an empty store.
type Fact = fn(&dyn Store);

/// Every fact of the suite.
const FACTS: &[Fact] = &[
    executions::what_is_recorded_is_read_back_whole,
    executions::every_status_and_optional_field_survives,
    executions::a_second_start_or_end_is_refused_and_changes_nothing,
    executions::a_refused_metric_leaves_no_end_behind,
    executions::listings_are_newest_first_in_bounded_pages_with_a_total,
    executions::every_filter_narrows_and_all_of_them_together,
    executions::filters_find_what_a_walk_finds,
    executions::a_prefix_finds_one_names_several_or_says_none,
    executions::unfinished_are_listed_oldest_first_until_they_end,
    executions::the_chain_is_one_without_gaps_and_verifies,
    executions::the_last_good_answer_to_an_input_is_found,
    breakers::a_breaker_is_untouched_until_it_is_changed,
    breakers::exactly_one_of_many_gets_the_probe,
    figures::rates_and_percentiles_are_those_of_the_rows,
    figures::buckets_hold_what_started_in_them,
    figures::figures_since_an_instant_are_exact,
    figures::metrics_add_up_by_name_and_unit,
    figures::an_empty_store_has_no_figures,
    logs::lines_are_listed_newest_first_with_their_execution,
    logs::every_log_filter_narrows,
    outputs::what_is_kept_is_read_back_by_its_digest,
    retention::what_is_too_old_goes_and_the_rest_stays_provable,
    retention::what_is_too_much_goes_oldest_first_but_never_within_its_floor,
    retention::kept_outputs_count_against_the_bytes,
    retention::nothing_goes_while_no_bound_is_passed,
    search::words_phrases_and_beginnings_are_found_newest_first,
    search::what_was_pruned_is_not_found,
    sessions::a_session_is_created_once_and_opened_often,
    sessions::a_change_keeps_what_it_does_not_name,
    sessions::a_change_from_an_old_revision_is_refused,
    sessions::an_end_and_its_change_of_a_session_are_both_there_or_neither,
    sessions::sessions_are_listed_by_their_last_change,
    settings::a_setting_is_set_over_listed_and_removed,
];

/// Checks every fact on a store of its own.
///
/// # Panics
///
/// Where a fact does not hold: this is a test.
pub fn check(empty_store: &dyn Fn() -> Box<dyn Store>) {
    for fact in FACTS {
        fact(empty_store().as_ref());
    }
}
