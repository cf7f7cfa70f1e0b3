<?php
use PHPUnit\Framework\TestCase;

class ClientTest extends TestCase
{
    private function getClient(string $testCase, ?Closure $filter = null): Client
    {
        if ('testHandle' === $testCase) {
            $this->markTestSkipped('no handles');
        }

        return new Client();
    }

    private function getPush(string $testCase): Client
    {
        if (!str_contains($testCase, 'Push')) {
            return new Client();
        }
        if (!defined('CURL_PUSH') || 0x073D00 > $version) {
            $this->markTestSkipped('no push');
        }

        return new Client(6);
    }

    public function testHandle(): void
    {
        $this->getClient(__FUNCTION__);
    }

    public function testRedirect(): void
    {
        $this->getClient(__FUNCTION__, fn () => 1);
    }

    public function testHttpPush(): void
    {
        $this->getPush(__FUNCTION__);
    }

    public function testBindToPort(): void
    {
        $this->getPush(__FUNCTION__);
    }
}
