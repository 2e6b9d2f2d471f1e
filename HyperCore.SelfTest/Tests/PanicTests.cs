using System;

namespace HyperCore.SelfTest.Tests;

/// <summary>
/// What must end in a panic. Nothing returns from one, so the handler judges the message and then goes on with the next test, deeper in
/// the stack.
/// </summary>
internal static class PanicTests
{
    private static readonly object[] s_strings = new string[1];
    private static int s_step;
    private static byte[]? s_last;
    private static string? s_name;
    private static string? s_expected;

    internal static void Run()
    {
        switch (s_step++)
        {
            case 0:
                Expect("panic.covariant-store", "ArrayTypeMismatchException: The array cannot hold an element of this type.");
                s_strings[0] = new object();
                break;
            case 1:
                Expect("panic.index", "IndexOutOfRangeException: Index was outside the bounds of the array.");
                s_strings[s_step] = "x";
                break;
            case 2:
                Expect("panic.cast", "InvalidCastException: The object is not of the type it is cast to.");
                _ = (string)(object)s_strings;
                break;
            case 3:
                Expect("panic.unbox", "InvalidCastException: The object is not of the type it is cast to.");
                _ = (int)(object)5L;
                break;
            case 4:
                Expect("panic.throw", "ArgumentException: Two devices decode the same address. (device)");
                throw new ArgumentException("Two devices decode the same address.", "device");
            case 5:
                Expect("panic.checked", "OverflowException: Arithmetic operation resulted in an overflow.");
                _ = checked((byte)(s_step + 300));
                break;
            case 6:
                Expect("panic.slice", "ArgumentOutOfRangeException: The argument is out of range.");
                _ = Bytes(s_step).AsSpan().Slice(s_step + 1);
                break;
            case 7:
                Expect("panic.negative-array", "OverflowException: Array dimensions exceeded the supported range.");
                _ = Bytes(-s_step);
                break;
            case 8:
                Expect("panic.arena-full", "Out of memory: the arena is used up.");
                while (true)
                {
                    s_last = new byte[1 << 16];
                }

            default:
                Report.End();
                return;
        }

        Report.Check(s_name!, false, "no panic");
        Run();
    }

    internal static void OnPanic(string message, nuint address)
    {
        if (s_expected == null)
        {
            Report.Check("unexpected-panic", false, message);
            Report.End();
            return;
        }

        string expected = s_expected;
        s_expected = null;
        Report.Equal(s_name!, expected, message);
        Run();
    }

    private static byte[] Bytes(int length) => s_last = new byte[length];

    private static void Expect(string name, string expected)
    {
        s_name = name;
        s_expected = expected;
    }
}
