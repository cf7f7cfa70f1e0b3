describe('elements', function () {
  it('are pending without a body')
  var it = function (html) { return make(html) }
  it('<div>').append(rest)
  var frame = open ? it('<iframe>') : null
})
