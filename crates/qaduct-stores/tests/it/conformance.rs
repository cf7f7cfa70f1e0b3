//! What every store promises, written once over the traits.
//!
//! A store opts in with one line at the end of this file. Each behaviour is a
//! function over a [`Place`]; the list below names them once.

mod growth;
mod lineage;
mod questions;
mod safety;
mod values;
mod writing;

/// Makes a test of every behaviour for one store.
macro_rules! conformance {
    ($store:ident: $place:expr) => {
        conformance! { @list $store, $place,
            growth {
                a_new_database_gets_tables_and_views,
                a_database_that_was_never_written_is_no_store_to_read,
                migrating_again_changes_nothing,
                a_column_that_may_be_null_is_added,
                a_column_that_must_have_a_value_is_refused,
                a_column_of_another_type_is_refused,
                another_key_is_refused,
                a_database_of_a_newer_version_is_refused,
                a_view_follows_its_text,
                several_processes_may_start_at_once,
            }
            questions {
                every_test_of_a_filter,
                null_passes_only_missing,
                of_a_group_of_filters_one_is_enough,
                an_item_of_a_list_is_found_whole,
                contains_takes_special_characters_as_they_are,
                filters_compare_instants_days_and_fractions,
                text_sorts_by_code_point,
                null_sorts_last_in_both_directions,
                limit_and_offset_cut_a_page,
                counting_ignores_limit_and_offset,
                an_answer_has_the_columns_of_the_question,
                what_does_not_exist_is_named,
                a_value_of_another_type_is_refused,
                names_cannot_carry_sql,
            }
            safety {
                what_is_not_committed_is_not_seen,
                a_dropped_transaction_changes_nothing,
                after_a_failure_nothing_can_be_committed,
                readers_see_whole_transactions_only,
                writers_with_the_same_lock_take_turns,
                a_process_that_is_killed_leaves_no_trace,
                the_version_changes_with_the_data_and_only_then,
            }
            values {
                values_come_back_as_they_went_in,
                long_text_and_strange_text_survive,
                numbers_at_the_edges_survive,
                no_number_and_infinity_survive,
                instants_and_days_at_the_edges_survive,
                instants_that_no_store_can_hold_are_refused,
                what_goes_in_comes_out,
            }
            lineage {
                where_a_row_came_from_makes_no_difference,
                a_change_says_where_it_came_from,
                what_a_later_row_of_the_batch_takes_back_is_no_change,
                a_table_of_keys_and_lineage_is_never_changed,
                many_rows_keep_to_it_too,
            }
            writing {
                new_rows_are_counted,
                the_same_rows_again_change_nothing,
                a_row_with_a_known_key_is_replaced,
                of_rows_with_the_same_key_in_a_batch_the_last_is_kept,
                many_rows_go_in_and_are_replaced,
                many_rows_go_in_over_rows_of_the_same_transaction,
                a_table_of_keys_alone_can_be_written_twice,
                keys_that_differ_anywhere_are_different_keys,
                a_table_without_a_key_takes_every_row,
                no_rows_are_no_change,
                a_batch_that_does_not_fit_is_refused,
                rows_are_selected_by_value_inside_the_transaction,
                a_transaction_answers_questions_over_what_it_wrote,
                a_question_that_fails_spoils_the_transaction,
                rows_that_pass_the_filters_are_deleted,
                rows_to_which_nothing_refers_are_deleted,
            }
        }
    };
    (@list $store:ident, $place:expr, $($module:ident { $($name:ident,)* })*) => {
        mod $store {
            $(mod $module {
                $(#[test]
                fn $name() {
                    crate::conformance::$module::$name(&$place);
                })*
            })*
        }
    };
}

conformance!(sqlite: crate::place::Place::sqlite());
conformance!(postgres: crate::place::Place::postgres());
conformance!(mariadb: crate::place::Place::mariadb());
