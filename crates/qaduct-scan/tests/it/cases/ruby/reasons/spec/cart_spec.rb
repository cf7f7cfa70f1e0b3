RSpec.describe Cart do
  SLOW = "too slow, SHOP-7"
  reason = "see SHOP-8"

  it "adds" do
    skip reason
  end

  it "totals" do
    skip SLOW
  end

  it "prints" do
    skip why
  end

  before(:each, :project_index) do
    skip "no index"
  end

  before(:each) do
    skip "no cart" unless cart?
  end
end
