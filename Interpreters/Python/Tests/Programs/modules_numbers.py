# Numbers of the library: decimals, fractions, statistics, dates, hashes.
import hashlib
import hmac
import statistics
from datetime import date, datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal, InvalidOperation, localcontext
from fractions import Fraction

print(Decimal(1) / 7, Decimal("1.10") + Decimal("2.205"), Decimal("2.675").quantize(Decimal("0.01"), ROUND_HALF_UP))
print(Decimal(2).sqrt(), Decimal(1).exp(), Decimal(10).ln(), Decimal(2) ** Decimal("0.5"))
with localcontext() as context:
    context.prec = 50
    print(Decimal(2).sqrt(), divmod(Decimal("-7.5"), 2))
try:
    Decimal(0) / 0
except InvalidOperation as error:
    print(error)
print(f"{Decimal('1234567.891'):,.2f} {Decimal('0.000012'):e} {Decimal('-0')} {Decimal('1E+5')}")
print(Fraction(1, 3) + Fraction("0.25"), Fraction(3.14159).limit_denominator(100), round(Fraction(7, 2)), Fraction(-7, 2) // 1)
print(statistics.mean([1, 2, 3.5]), statistics.median([3, 1, 2, 5]), statistics.stdev([1, 2, 3, 4]), statistics.quantiles([1, 2, 3, 4, 5]))
print(date(2024, 2, 29) + timedelta(days=365), date(2024, 12, 30).isocalendar()[:2], date.fromisoformat("2020-W01-1"))
moment = datetime(2020, 5, 17, 12, 30, tzinfo=timezone(timedelta(hours=2)))
print(moment.astimezone(timezone.utc), repr(moment), moment.timestamp(), f"{moment:%a %d %b %Y %H:%M %z}")
print(datetime.strptime("03/04/21 05:06", "%d/%m/%y %H:%M") - datetime(2021, 4, 3), timedelta(hours=-1), timedelta(1.5) / 4)
print(hashlib.md5(b"abc").hexdigest(), hashlib.sha1(b"").hexdigest())
print(hashlib.sha256(b"x" * 1000).hexdigest())
print(hashlib.sha3_256(b"abc").hexdigest(), hashlib.blake2s(b"abc", digest_size=8).hexdigest(), hmac.new(b"k", b"m", "sha256").hexdigest()[:16])
print(7 ** 300 % 10 ** 40, 3 ** 5000 // 3 ** 4990, len(str(2 ** 10000)), int("9" * 300) + 1 == 10 ** 300)

# expect: 0.1428571428571428571428571429 3.305 2.68
# expect: 1.414213562373095048801688724 2.718281828459045235360287471 2.302585092994045684017991455 1.414213562373095048801688724
# expect: 1.4142135623730950488016887242096980785696718753769 (Decimal('-3'), Decimal('-1.5'))
# expect: [<class 'decimal.DivisionUndefined'>]
# expect: 1,234,567.89 1.2e-5 -0 1E+5
# expect: 7/12 311/99 4 -4
# expect: 2.1666666666666665 2.5 1.2909944487358056 [1.5, 3.0, 4.5]
# expect: 2025-02-28 (2025, 1) 2019-12-30
# expect: 2020-05-17 10:30:00+00:00 datetime.datetime(2020, 5, 17, 12, 30, tzinfo=datetime.timezone(datetime.timedelta(seconds=7200))) 1589711400.0 Sun 17 May 2020 12:30 +0200
# expect: 5:06:00 -1 day, 23:00:00 9:00:00
# expect: 900150983cd24fb0d6963f7d28e17f72 da39a3ee5e6b4b0d3255bfef95601890afd80709
# expect: 44f8354494a5ba03ba1792a8d3e9c534c47a9181980fde7a3f44b06ef2ae7c7f
# expect: 3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532 972e9d2cd6de6402 b60090e3052297ae
# expect: 1319955052400299452568317841001584180001 59049 3011 True
