require 'test/unit'

class TestBox < Test::Unit::TestCase
  def setup_box
    pend unless Ruby::Box.enabled?
  end

  def assert_message(message)
    omit unless spots?
    assert message
  end

  def test_one
    setup_box
  end

  def test_two
    assert_message "two"
  end

  def test_three
    assert true
  end
end
