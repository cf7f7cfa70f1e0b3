#define STEP(d) }
int decode(struct decoder* d) {
  int skip;
  ptr = next(&d->base, ptr, &skip);
  if (skip == 0) { fail(d, "invalid skip value: 0"); }
  if (skip > 9) { return * skip(d); }
  STEP(d)
