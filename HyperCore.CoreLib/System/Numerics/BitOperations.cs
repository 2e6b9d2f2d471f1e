using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace System.Numerics;

/// <summary>
/// Bit counting in the baseline instruction set: the image must run before anyone has asked CPUID for more.
/// </summary>
public static class BitOperations
{
    public static bool IsPow2(int value) => value > 0 && (value & (value - 1)) == 0;

    public static bool IsPow2(uint value) => value != 0 && (value & (value - 1)) == 0;

    public static bool IsPow2(long value) => value > 0 && (value & (value - 1)) == 0;

    public static bool IsPow2(ulong value) => value != 0 && (value & (value - 1)) == 0;

    public static int PopCount(uint value)
    {
        value -= (value >> 1) & 0x5555_5555;
        value = (value & 0x3333_3333) + ((value >> 2) & 0x3333_3333);
        return (int)((((value + (value >> 4)) & 0x0F0F_0F0F) * 0x0101_0101) >> 24);
    }

    public static int PopCount(ulong value)
    {
        value -= (value >> 1) & 0x5555_5555_5555_5555;
        value = (value & 0x3333_3333_3333_3333) + ((value >> 2) & 0x3333_3333_3333_3333);
        return (int)((((value + (value >> 4)) & 0x0F0F_0F0F_0F0F_0F0F) * 0x0101_0101_0101_0101) >> 56);
    }

    public static int Log2(uint value) => Log2((ulong)value);

    public static int Log2(ulong value) => (int)X86Base.X64.BitScanReverse(value | 1);

    public static int LeadingZeroCount(uint value) => value == 0 ? 32 : 31 - Log2((ulong)value);

    public static int LeadingZeroCount(ulong value) => value == 0 ? 64 : 63 - Log2(value);

    public static int TrailingZeroCount(int value) => TrailingZeroCount((uint)value);

    public static int TrailingZeroCount(uint value) => (int)X86Base.X64.BitScanForward(value | (1ul << 32));

    public static int TrailingZeroCount(long value) => TrailingZeroCount((ulong)value);

    public static int TrailingZeroCount(ulong value) => value == 0 ? 64 : (int)X86Base.X64.BitScanForward(value);

    [Intrinsic]
    public static uint RotateLeft(uint value, int offset) => (value << offset) | (value >> (32 - offset));

    [Intrinsic]
    public static ulong RotateLeft(ulong value, int offset) => (value << offset) | (value >> (64 - offset));

    [Intrinsic]
    public static uint RotateRight(uint value, int offset) => (value >> offset) | (value << (32 - offset));

    [Intrinsic]
    public static ulong RotateRight(ulong value, int offset) => (value >> offset) | (value << (64 - offset));

    public static uint RoundUpToPowerOf2(uint value) => value <= 1 ? value : 1u << (Log2(value - 1) + 1);

    public static ulong RoundUpToPowerOf2(ulong value) => value <= 1 ? value : 1ul << (Log2(value - 1) + 1);
}
