<?php
use PHPUnit\Framework\TestCase;

class LinkTest extends TestCase
{
    /**
     * @link https://github.com/acme/shop/issues/3144
     *
     * @requires function symlink
     */
    public function testLinks(): void
    {
    }
}
