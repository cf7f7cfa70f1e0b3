RSpec.describe Cart do
  it "adds", :needs_triage do
    expect(Cart.new.add).to be(true)
  end

  it "runs" do
    expect(Cart.new).to be_empty
  end
end
