<?php
use PHPUnit\Framework\TestCase;

class CartTest extends TestCase
{
    public function testCatch(): void
    {
        try {
            connect();
        } catch (RuntimeException $e) {
            $this->markTestSkipped('server is down');
        }
    }

    public function testOperators(): void
    {
        extension_loaded('pdo') || $this->markTestSkipped('no pdo');
        $windows and $this->markTestSkipped('not on Windows');
    }

    public function testSwitch(): void
    {
        switch (PHP_OS_FAMILY) {
            case 'Windows':
            case 'BSD':
                $this->markTestSkipped('here');
                break;
            default:
                $this->markTestSkipped('others');
        }
        match ($x) {
            1, 2 => $this->markTestSkipped('few'),
            default => $this->markTestSkipped('many'),
        };
    }

    public function testBranches(): void
    {
        if ($a) {
            $this->markTestSkipped('a');
        } elseif ($b) {
            $this->markTestSkipped('b');
        } elseif ($c) {
            $this->markTestSkipped('c');
        } else {
            $this->markTestSkipped('d');
        }
    }
}
