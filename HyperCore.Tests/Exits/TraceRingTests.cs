using HyperCore.Core.Exits;
using Xunit;

namespace HyperCore.Tests.Exits;

public sealed class TraceRingTests
{
    [Fact]
    public void TraceRing_New_IsEmpty() => Assert.Equal(0, new TraceRing().Count);

    [Fact]
    public void TraceRing_MoreThanItsCapacity_KeepsTheNewest()
    {
        var ring = new TraceRing();
        const int Added = TraceRing.Capacity + 10;
        for (int i = 0; i < Added; i++)
        {
            ring.Next() = new VmExit { Rip = (ulong)i, Reason = ExitReason.Cpuid };
        }

        Assert.Equal(TraceRing.Capacity, ring.Count);
        for (int age = 0; age < TraceRing.Capacity; age++)
        {
            Assert.Equal((ulong)(Added - 1 - age), ring[age].Rip);
        }
    }

    [Fact]
    public void TraceRing_Next_IsTheNewestRecordItself()
    {
        var ring = new TraceRing();
        ref VmExit exit = ref ring.Next();
        exit.Reason = ExitReason.MemoryFault;
        exit.GuestPhysical = 0xFEE0_0000;

        Assert.Equal((ExitReason.MemoryFault, 0xFEE0_0000ul), (ring[0].Reason, ring[0].GuestPhysical));
    }

    [Fact]
    public void TraceRing_Reset_ForgetsEverything()
    {
        var ring = new TraceRing();
        ring.Next() = default;
        ring.Reset();

        Assert.Equal(0, ring.Count);
    }

    [Fact]
    public void ExitCounters_EveryReason_IsCountedByItself()
    {
        var counters = new ExitCounters();
        foreach (ExitReason reason in System.Enum.GetValues<ExitReason>())
        {
            for (int i = 0; i <= (int)reason; i++)
            {
                counters.Count(reason);
            }
        }

        ulong total = 0;
        foreach (ExitReason reason in System.Enum.GetValues<ExitReason>())
        {
            Assert.Equal((ulong)reason + 1, counters[reason]);
            total += counters[reason];
        }

        Assert.Equal(total, counters.Total);
        counters.Reset();
        Assert.Equal(0ul, counters.Total);
    }
}
