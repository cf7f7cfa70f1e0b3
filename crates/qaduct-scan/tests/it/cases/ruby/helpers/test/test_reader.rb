require "test_helper"

class TestReader < Minitest::Test
  def setup
    symlink_if_allowed("y")
  end

  def test_reads
    assert true
  end
end
