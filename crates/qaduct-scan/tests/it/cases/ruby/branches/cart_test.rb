require "minitest/autorun"

class CartTest < Minitest::Test
  def test_rescue
    require "zlib"
  rescue LoadError
    skip "zlib missing"
  end

  def test_rescue_in_line
    connect rescue skip "server is down"
  end

  def test_case
    case RUBY_PLATFORM
    when /mswin/, /mingw/ then skip
    when /java/
      skip "JRuby"
    else
      skip "others"
    end
  end

  def test_operators
    windows? and skip
    linux? or skip "not on Linux"
    a? && b? && skip("both")
  end

  def test_branches
    if a?
      skip "a"
    elsif b?
      skip "b"
    else
      skip "c"
    end
  end
end
