using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.SelfTest;

/// <summary>
/// What the host reads: <c>selftest: NAME ok</c> or <c>selftest: NAME FAILED detail</c> for each test, and at the end
/// <c>selftest: N passed, N failed</c>.
/// </summary>
internal static class Report
{
    private static int s_passed;
    private static int s_failed;

    /// <summary>Reports a test.</summary>
    internal static void Check(string name, bool ok, string detail = "")
    {
        Write("selftest: ");
        Write(name);
        if (ok)
        {
            s_passed++;
            Write(" ok\n");
        }
        else
        {
            s_failed++;
            Write(" FAILED ");
            Write(detail);
            Write("\n");
        }
    }

    /// <summary>Reports a test that expects a number.</summary>
    internal static void Equal(string name, long expected, long actual)
    {
        Span<char> buffer = stackalloc char[80];
        Check(name, expected == actual, expected == actual ? "" : new string(TextBuilder.Format(buffer, $"expected {expected}, got {actual}")));
    }

    /// <summary>Reports a test that expects a text.</summary>
    internal static void Equal(string name, ReadOnlySpan<char> expected, ReadOnlySpan<char> actual)
    {
        bool ok = expected.SequenceEqual(actual);
        Check(name, ok, ok ? "" : string.Concat("expected '", expected, "', got '", string.Concat(actual, "'")));
    }

    /// <summary>Reports the sum and ends the run.</summary>
    internal static void End()
    {
        Span<char> buffer = stackalloc char[80];
        Write(TextBuilder.Format(buffer, $"selftest: {s_passed} passed, {s_failed} failed\n"));
        Machine.Exit(s_failed == 0 ? (byte)0 : (byte)1);
    }

    private static void Write(ReadOnlySpan<char> text)
    {
        foreach (char c in text)
        {
            Machine.Write(c);
        }
    }
}
