#include <boost/test/unit_test.hpp>
namespace utf = boost::unit_test;
BOOST_AUTO_TEST_SUITE(cart)
BOOST_AUTO_TEST_CASE(adds_up, * utf::disabled()) {}
BOOST_TEST_DECORATOR(* utf::expected_failures(2))
BOOST_AUTO_TEST_CASE(fails) {}
BOOST_AUTO_TEST_CASE(needs_db, * utf::precondition(has_db)) {}
BOOST_AUTO_TEST_SUITE_END()
