#include <QtTest>
class TestCart : public QObject {
private slots:
    void inHeader();
};
void TestCart::initTestCase() { if (!db()) QSKIP("no database"); }
void TestCart::addsUp()
{
    QFETCH(int, a);
    if (a > 3)
        QSKIP("SHOP-4: too many");
    QEXPECT_FAIL("", "SHOP-5: not yet", Continue);
    QVERIFY(false);
}
