# frozen_string_literal: true

require_relative "helper"

describe "Cart" do
  it "adds" do
    skip "SHOP-1: adds too much"
    assert true
  end

  it "removes" do
    skip if RUBY_ENGINE == "jruby"
  end
end
