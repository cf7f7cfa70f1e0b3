--TEST--
asks a file
--SKIPIF--
<?php require_once 'skipif.inc'; ?>
--FILE--
<?php echo 1; ?>
--EXPECT--
1
