using NUnit.Framework;

namespace Shop
{
	public class DateTests : DateTimeTests
	{
		[Ignore("Dates have no time")]
		public override void KeepsTheTime()
		{
		}

		[Explicit]
		public override void KeepsTheZone()
		{
		}
	}

	public class Row
	{
		[Ignore]
		public string Name { get; set; }
	}
}
