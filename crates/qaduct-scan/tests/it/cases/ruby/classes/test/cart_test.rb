require "test_helper"

module Shop
  class CartTest < ActiveSupport::TestCase
    setup do
      skip "needs a database" unless database?
    end

    test "adds" do
      skip
    end

    # https://github.com/acme/shop/issues/3
    def test_sums
      skip "flaky"
    end

    def test_runs
      assert_equal 1, list.skip(1)
      value = skip_it
    end

    def test_links
      return skip("no links") if windows?
      unless mac?
        skip "only on macOS"
      end
    end

    def skip_unless_docker
      skip("needs Docker") unless docker?
    end

    def test_ships
      skip_unless_docker
    end
  end
end
