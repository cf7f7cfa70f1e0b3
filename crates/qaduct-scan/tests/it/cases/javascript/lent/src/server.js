export function withServer(title, body) {
  describe(title, body);
}
