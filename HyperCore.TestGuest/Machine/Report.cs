using System;
using HyperCore.Core.Diagnostics;

namespace HyperCore.TestGuest.Machine;

/// <summary>Lines for the serial port, which others parse: docs/benchmarks.md and the machine tests name them.</summary>
internal static class Report
{
    private const int LineLength = 512;

    public static void Line(scoped ReadOnlySpan<char> text)
    {
        Span<char> buffer = stackalloc char[LineLength];
        SerialPort.WriteLine(TextBuilder.Format(buffer, $"testguest: {text}"));
    }

    public static void Result(string name, scoped ReadOnlySpan<char> result)
    {
        Span<char> buffer = stackalloc char[LineLength];
        SerialPort.WriteLine(TextBuilder.Format(buffer, $"testguest: {name} {result}"));
    }

    public static void Exception(ulong vector, ulong errorCode, ulong rip)
    {
        Span<char> buffer = stackalloc char[LineLength];
        SerialPort.WriteLine(TextBuilder.Format(buffer, $"testguest: unexpected exception {vector} error=0x{errorCode:x} rip=0x{rip:x}"));
    }
}
