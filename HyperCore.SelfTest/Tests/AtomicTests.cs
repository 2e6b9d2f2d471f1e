using System.Threading;

namespace HyperCore.SelfTest.Tests;

/// <summary>Atomic operations, and reads and writes that the compiler leaves where they are.</summary>
internal static class AtomicTests
{
    private static int s_word;

    internal static void Run()
    {
        Words();
        LongWords();
        Bits();
        int value = 9;
        Volatile.Write(ref value, 77);
        Report.Equal("volatile", 77, Volatile.Read(ref value));
        long big = 0;
        Volatile.Write(ref big, -1L << 40);
        Report.Equal("volatile.64", -1L << 40, Volatile.Read(ref big));
        string text = "before";
        Volatile.Write(ref text, "after");
        Report.Equal("volatile.reference", "after", Volatile.Read(ref text));
        s_word = 1;
        Thread.MemoryBarrier();
        Interlocked.MemoryBarrier();
        Thread.SpinWait(3);
        Report.Equal("thread.barrier-and-spin", 1, Volatile.Read(ref s_word));
    }

    private static void Words()
    {
        int counter = 5;
        Report.Equal("interlocked.increment", 6, Interlocked.Increment(ref counter));
        Report.Equal("interlocked.exchange", 6, Interlocked.Exchange(ref counter, 9));
        Report.Check("interlocked.compare-exchange", Interlocked.CompareExchange(ref counter, 1, 8) == 9 && counter == 9 && Interlocked.CompareExchange(ref counter, 1, 9) == 9 && counter == 1, "wrong");
        Report.Equal("interlocked.decrement", 0, Interlocked.Decrement(ref counter));
        uint word = 0xFFFF_FFF0;
        Report.Equal("interlocked.add-unsigned", 4, Interlocked.Add(ref word, 20));
        Report.Equal("interlocked.increment-unsigned", 5, Interlocked.Increment(ref word));
        Report.Equal("interlocked.decrement-unsigned", 4, Interlocked.Decrement(ref word));
        Report.Check("interlocked.compare-exchange-unsigned", Interlocked.CompareExchange(ref word, 0x8000_0000, 4) == 4 && word == 0x8000_0000 && Interlocked.Exchange(ref word, 1) == 0x8000_0000, "wrong");
    }

    private static void LongWords()
    {
        long big = 1L << 40;
        Report.Equal("interlocked.add-64", (1L << 40) + 3, Interlocked.Add(ref big, 3));
        Report.Equal("interlocked.increment-64", (1L << 40) + 4, Interlocked.Increment(ref big));
        Report.Equal("interlocked.decrement-64", (1L << 40) + 3, Interlocked.Decrement(ref big));
        Report.Check("interlocked.exchange-64", Interlocked.Exchange(ref big, -1) == (1L << 40) + 3 && big == -1, "wrong");
        Report.Check("interlocked.compare-exchange-64", Interlocked.CompareExchange(ref big, 7, 8) == -1 && big == -1 && Interlocked.CompareExchange(ref big, 7, -1) == -1 && big == 7, "wrong");
        ulong bits = ulong.MaxValue;
        Report.Check("interlocked.unsigned-64", Interlocked.Increment(ref bits) == 0 && Interlocked.Decrement(ref bits) == ulong.MaxValue && Interlocked.Add(ref bits, 3) == 2, "wrong");
        Report.Check("interlocked.exchange-unsigned-64", Interlocked.Exchange(ref bits, 1ul << 63) == 2 && Interlocked.CompareExchange(ref bits, 5, 1ul << 63) == 1ul << 63 && bits == 5, "wrong");
    }

    private static void Bits()
    {
        uint set = 0b1100;
        Report.Check("interlocked.or", Interlocked.Or(ref set, 0b0011) == 0b1100 && set == 0b1111, "wrong");
        Report.Check("interlocked.and", Interlocked.And(ref set, 0b0110) == 0b1111 && set == 0b0110, "wrong");
        ulong big = 1ul << 63;
        Report.Check("interlocked.or-64", Interlocked.Or(ref big, 1) == 1ul << 63 && big == (1ul << 63 | 1), "wrong");
        Report.Check("interlocked.and-64", Interlocked.And(ref big, 3) == (1ul << 63 | 1) && big == 1, "wrong");
    }
}
