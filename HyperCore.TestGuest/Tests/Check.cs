using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.TestGuest.Tests;

/// <summary>What a test finds out. Only the first failure is kept: later ones tend to follow from it.</summary>
internal sealed class Check(bool isHyperCore)
{
    private readonly char[] _detail = new char[160];
    private int _length;

    /// <summary>The test runs in HyperCore. Elsewhere, what only HyperCore promises is not demanded.</summary>
    public bool IsHyperCore { get; } = isHyperCore;

    /// <summary>Something was not as it should be.</summary>
    public bool Failed { get; private set; }

    /// <summary>The machine cannot run this test.</summary>
    public bool Skipped { get; private set; }

    /// <summary>What was wrong, or why the test was skipped.</summary>
    public ReadOnlySpan<char> Detail => new(_detail, 0, _length);

    /// <summary>Before each test.</summary>
    public void Begin()
    {
        Failed = false;
        Skipped = false;
        _length = 0;
    }

    /// <summary>The test makes no sense on this machine.</summary>
    public void Skip(string why)
    {
        Skipped = true;
        _length = TextBuilder.Format(_detail, $"{why}").Length;
    }

    /// <summary>Two numbers are the same.</summary>
    public void Equal(string what, ulong expected, ulong actual)
    {
        if (expected != actual && !Failed)
        {
            Failed = true;
            _length = TextBuilder.Format(_detail, $"{what}: expected 0x{expected:x}, got 0x{actual:x}").Length;
        }
    }

    /// <summary>A number is below a limit.</summary>
    public void Below(string what, ulong limit, ulong actual)
    {
        if (actual >= limit && !Failed)
        {
            Failed = true;
            _length = TextBuilder.Format(_detail, $"{what}: expected less than 0x{limit:x}, got 0x{actual:x}").Length;
        }
    }

    /// <summary>Something holds.</summary>
    public void True(string what, bool condition)
    {
        if (!condition && !Failed)
        {
            Failed = true;
            _length = TextBuilder.Format(_detail, $"{what}").Length;
        }
    }

    /// <summary>The test was ended by an exception.</summary>
    public void Exception(ulong vector, ulong errorCode, ulong rip)
    {
        if (!Failed)
        {
            Failed = true;
            _length = TextBuilder.Format(_detail, $"unexpected exception {vector} error=0x{errorCode:x} rip=0x{rip:x}").Length;
        }
    }
}
