RSpec.describe Cart do
  it "never runs", if: false do
  end

  it "has nothing to run for", if: nil do
  end

  it "is kept out", unless: true do
  end

  it "runs", if: true do
  end

  it "runs as well", unless: false do
  end

  it "asks", if: linux? do
  end
end
