using System;

namespace HyperCore.SelfTest.Tests;

/// <summary>Arrays and what System.Array offers.</summary>
internal static class ArrayTests
{
    internal static void Run()
    {
        object[] covariant = new string[2];
        covariant[0] = "in";
        covariant[1] = null!;
        Report.Equal("array.covariant-store", "in", (string)covariant[0]);
        Base[] bases = new Base[1];
        bases[0] = new Derived();
        Report.Check("array.derived-store", bases[0] is Derived, "wrong");

        int[] numbers = [1, 2, 3, 4, 5];
        Array.Copy(numbers, 0, numbers, 1, 4);
        Report.Equal("array.copy-overlapping-up", 11234, Digits(numbers));
        Array.Copy(numbers, 1, numbers, 0, 4);
        Report.Equal("array.copy-overlapping-down", 12344, Digits(numbers));
        Array.Clear(numbers, 1, 2);
        Report.Equal("array.clear", 10044, Digits(numbers));
        int[]? resized = numbers;
        Array.Resize(ref resized, 6);
        Array.Fill(resized!, 9, 4, 2);
        Report.Equal("array.resize-fill", 100499, Digits(resized!));
        Array.Reverse(resized!);
        Report.Equal("array.reverse", 994001, Digits(resized!));
        Report.Equal("array.index-of", 2, Array.IndexOf(resized!, 4));
        Report.Equal("array.jagged", 5, new int[][] { [1, 2], [3, 5] }[1][1]);
        Report.Equal("array.range", 40, Digits(resized![2..4]));
        Report.Equal("array.from-end", 1, resized[^1]);
        var structs = new Entry[3];
        structs[1].Name = "n";
        ref Entry entry = ref structs[1];
        entry.Value += 5;
        Report.Check("array.of-structs", structs[1].Value == 5 && structs[1].Name == "n" && structs[2].Name == null, "wrong");
        Report.Check("array.empty-shared", ReferenceEquals(Array.Empty<int>(), Array.Empty<int>()), "two of them");
        bool zero = true;
        foreach (byte b in new byte[3000])
        {
            zero &= b == 0;
        }

        Report.Check("array.zeroed", zero, "not zero");
    }

    private static int Digits(int[] digits)
    {
        int result = 0;
        foreach (int digit in digits)
        {
            result = (result * 10) + digit;
        }

        return result;
    }

    private struct Entry
    {
        internal string Name;
        internal int Value;
    }

    private class Base
    {
    }

    private sealed class Derived : Base
    {
    }
}
