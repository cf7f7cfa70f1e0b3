describe Foo do
  it { is_expected.to be_nil }
  xit { is_expected.to eq 1 }
  xit "caf\u00e9 \"so\"" do
  end
  xit 'it\'s a\d' do
  end
end
