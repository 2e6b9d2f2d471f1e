using System;

namespace HyperCore.SelfTest.Tests;

/// <summary>Static constructors and static fields.</summary>
internal static class StaticTests
{
    private static int s_constructed;

    private static ReadOnlySpan<byte> Primes => [2, 3, 5, 7, 11];

    private static ReadOnlySpan<ushort> Words => [0x1234, 0xABCD];

    internal static void Run()
    {
        Report.Equal("static.lazy", 0, s_constructed);
        int sum = Late.Table[2] + Late.Table[0];
        Report.Equal("static.value", 7, sum);
        Report.Equal("static.constructor-once", 1, s_constructed);
        sum = Late.Other + Late.Table.Length;
        Report.Equal("static.second-access", 44, sum);
        Report.Equal("static.constructor-still-once", 1, s_constructed);
        Report.Equal("static.preinitialized-array", 60, Data.Numbers[0] + Data.Numbers[1] + Data.Numbers[2]);
        Report.Equal("static.preinitialized-strings", "two", Data.Names[1]);
        Data.Names[1] = "changed";
        Report.Equal("static.writable", "changed", Data.Names[1]);
        Report.Equal("static.span-table", 28, Primes[0] + Primes[1] + Primes[2] + Primes[3] + Primes[4]);
        Report.Equal("static.span-table-16", 0x1234 + 0xABCD, Words[0] + Words[1]);
        Report.Equal("static.utf8-literal", 'c', "abc"u8[2]);
        Report.Equal("static.cycle", 3, First.Value);
    }

    private static class Late
    {
        internal static readonly int[] Table;
        internal static readonly int Other;

        static Late()
        {
            s_constructed++;
            Table = new int[3];
            Table[0] = 3;
            Table[2] = 4;
            Other = 41;
        }
    }

    private static class Data
    {
        internal static readonly int[] Numbers = [10, 20, 30];
        internal static readonly string[] Names = ["one", "two"];
    }

    private static class First
    {
        internal static readonly int Value;

        static First() => Value = Second.Value + 2;
    }

    private static class Second
    {
        internal static readonly int Value;

        // First is being constructed: its value is still 0.
        static Second() => Value = First.Value + 1;
    }
}
