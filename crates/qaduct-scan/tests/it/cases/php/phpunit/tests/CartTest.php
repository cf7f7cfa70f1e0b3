<?php

declare(strict_types=1);

namespace Acme\Tests;

use PHPUnit\Framework\Attributes\{Group, RequiresPhp, Test};
use PHPUnit\Framework\TestCase;

// $this->markTestSkipped('in a comment');
#[RequiresPhp('>= 8.2')]
final class CartTest extends TestCase
{
    protected function setUp(): void
    {
        if (!extension_loaded('redis')) {
            self::markTestSkipped('needs redis');
        }
    }

    public function testAdds(): void
    {
        $text = '$this->markTestSkipped("in a text")';
        $this->markTestSkipped('SHOP-12: broken ' .
            'since the new tax rules');
    }

    #[Test]
    #[Group('flaky')]
    #[Group('cart')]
    public function it_sums(): void
    {
        if (PHP_OS_FAMILY === 'Windows') {
            $this->markTestSkipped(sprintf('not on %s', PHP_OS_FAMILY));
        } else {
            static::markTestIncomplete();
        }
    }

    /**
     * Sums up.
     *
     * @test
     * @requires extension gd
     * @group quarantine
     * @see https://github.com/acme/shop/issues/4
     */
    public function rounds(): void
    {
        $this->query->skip(3);
    }

    public function testLinks(): void
    {
        $this->skipOnWindows();
        if (false) {
            $this->markTestSkipped('never');
        }
    }

    public function testThrows(): void
    {
        throw new \PHPUnit\Framework\SkippedWithMessageException('later');
    }

    private function skipOnWindows(): void
    {
        if ('\\' === DIRECTORY_SEPARATOR) {
            $this->markTestSkipped('not on Windows');
        }
    }
}
