require "test/unit"

class TestSums < Test::Unit::TestCase
  def setup
    omit_if(windows?, "not on Windows")
  end

  def test_a
    omit("later")
  end

  def test_b
    pend "SHOP-1"
  end

  def test_c
    omit_unless(linux?)
    omit "old" if RUBY_VERSION < "3"
  end
end
