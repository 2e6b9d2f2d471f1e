using System;
using System.Numerics;
using System.Threading;

namespace HyperCore.SelfTest.Tests;

/// <summary>Arithmetic helpers.</summary>
internal static class NumberTests
{
    internal static void Run()
    {
        uint zero = (uint)Same(0);
        Report.Equal("math.min-max", 7, Math.Min(Same(3), 5) + Math.Max(4, Same(-4)));
        Report.Equal("math.clamp", 10, Math.Clamp(Same(100), 1, 10));
        Report.Equal("math.abs", 5, Math.Abs(Same(-5)));
        ulong high = Math.BigMul(0xFFFF_FFFF_FFFF_FFFF, 0xFFFF_FFFF_FFFF_FFFE, out ulong low);
        Report.Check("math.bigmul", high == 0xFFFF_FFFF_FFFF_FFFD && low == 2, "wrong");
        Report.Equal("bits.log2", 63 + 5, BitOperations.Log2(1ul << 63) + BitOperations.Log2(63u));
        Report.Equal("bits.leading", 32 + 1 + 64, BitOperations.LeadingZeroCount(zero) + BitOperations.LeadingZeroCount(0x4000_0000u) + BitOperations.LeadingZeroCount((ulong)zero));
        Report.Equal("bits.trailing", 32 + 8 + 64 + 40, BitOperations.TrailingZeroCount(zero) + BitOperations.TrailingZeroCount(0x100u) + BitOperations.TrailingZeroCount((ulong)zero) + BitOperations.TrailingZeroCount(1ul << 40));
        Report.Equal("bits.popcount", 32 + 3, BitOperations.PopCount(0xFFFF_FFFFu) + BitOperations.PopCount(0x8000_0000_0001_0001ul));
        Report.Equal("bits.rotate", 0x2345_6781, BitOperations.RotateLeft(0x1234_5678u, 4));
        Report.Check("bits.ispow2", BitOperations.IsPow2(4096ul) && !BitOperations.IsPow2(zero) && !BitOperations.IsPow2(12), "wrong");
        Report.Equal("number.division", -3, Same(-17) / Same(5));
        Report.Equal("number.remainder", -2, Same(-17) % Same(5));
        Report.Equal("number.shift", -1, Same(-1) >> 5);
        Report.Equal("number.unsigned-division", 0x7FFF_FFFF_FFFF_FFFF, (long)(ulong.MaxValue / (ulong)Same(2)));
        Report.Equal("number.checked", 200, checked((byte)Same(200)));
    }

    // A value the compiler does not know.
    private static int Same(int value)
    {
        int result = value;
        Volatile.Write(ref result, value);
        return result;
    }
}
