; RUN: opt %s
; XFAIL: *
; UNSUPPORTED: system-windows, target=arm{{.*}}
; REQUIRES: asserts
; CHECK-XFAIL: no
