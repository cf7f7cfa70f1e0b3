# frozen_string_literal: true

require "spec_helper"

# it "in a comment", skip: true
RSpec.describe Cart, "#add" do
  before do
    skip "needs Docker" unless docker?
  end

  before(:each) { skip_tracking }

  it "adds" do
    expect(cart.add(1)).to eq 1
    relation.skip(3).limit(2)
    skip = 1
    call(skip)
  end

  it "is to be written"
  xit("is old") { }
  xspecify "is older" do
  end

  # SHOP-12
  it "fails", skip: "SHOP-13: broken" do
  end
  it "rounds", :skip do
  end
  it "sums", pending: true do
  end
  it "runs", skip: false do
  end
  it "links", if: RUBY_PLATFORM =~ /linux/ do
  end
  it "opens", :unless => windows? do
  end
  it "waits", quarantine: { issue: "https://gitlab.com/acme/shop/-/issues/7", type: :flaky } do
  end
  it "hangs", quarantine: "https://gitlab.com/acme/shop/-/issues/8" do
  end
  it "retries", retry: 3, js: true do
  end
  it "sometimes", :flaky do
  end
  it "focuses", :focus do
  end

  describe "bodies" do
    it("a") { skip }
    it "b" do
      pending "SHOP-14"
      expect(1).to eq 2
    end
    it "c" do
      skip("not on Windows") if Gem.win_platform?
    end
    it "calls a helper" do
      skip_tracking
    end
    it "d" do
      if ENV["CI"]
        skip "in CI: #{reason}"
      else
        run
      end
    end
    skip "e" do
    end
    pending "f" do
    end
    [1, 2].each do |n|
      xit "of #{n}" do
      end
    end
    fit "g" do
    end
  end

  xcontext "old" do
    it "is inside" do
    end
  end
  fdescribe Foo::Bar do
  end
  describe "windows", skip: Gem.win_platform? && "why" do
  end
  shared_examples "shared" do
    xit "x" do
    end
  end

  def skip_tracking
    skip "no tracking" if tracked?
  end
end
