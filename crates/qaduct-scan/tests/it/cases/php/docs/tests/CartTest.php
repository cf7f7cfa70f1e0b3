<?php
use PHPUnit\Framework\TestCase;

class CartTest extends TestCase
{
    const BROKEN = 'broken, see SHOP-3';

    /**
     * Adds one thing.
     *
     * @group flaky
     * @requires PHP >= 8.1
     */
    public function testAdds() {}

    /**
     * Flaky on Mondays, SHOP-12.
     *
     * @requires OS Linux
     */
    public function testTotals() {}

    public function testNames(): void
    {
        $why = 'not yet: SHOP-4';
        if ($this->old) {
            $this->markTestSkipped($why);
        }
        self::markTestSkipped(self::BROKEN);
    }

    public function testTold(): void
    {
        $this->markTestSkipped($reason);
    }
}
