using System;
using System.Runtime;
using HyperCore.Core.Diagnostics;
using HyperCore.Efi.Cpu;
using HyperCore.TestGuest.Bench;
using HyperCore.TestGuest.Hostile;
using HyperCore.TestGuest.Machine;
using HyperCore.TestGuest.Tests;
using Internal.Runtime.CompilerHelpers;

namespace HyperCore.TestGuest;

/// <summary>Where Assembly/Boot.asm goes on in C#.</summary>
internal static unsafe class EntryPoint
{
    private const int ArenaBytes = 0x10_0000;
    private const int MaxCommandLine = 256;

    [RuntimeExport("TestGuest_Main")]
    private static void Main(MultibootInfo* info)
    {
        Arena.Initialize(Probes.Arena(), ArenaBytes);
        StartupCodeHelpers.Initialize();
        System.Runtime.Panic.Handler = &OnPanic;
        SerialPort.Initialize();
        Interrupts.Initialize();
        Pic.Initialize(0);
        Apic.Initialize();

        ReadOnlySpan<char> words = ReadCommandLine(info);
        ulong memoryUpper = (info->Flags & MultibootInfo.HasMemory) != 0 ? info->MemUpper : 0;
        ulong modules = (info->Flags & MultibootInfo.HasModules) != 0 ? info->ModsCount : 0;
        Span<char> text = stackalloc char[MaxCommandLine + 128];
        Report.Line(TextBuilder.Format(text, $"hello from C#, multiboot magic ok, memory upper={memoryUpper}K, cmdline=\"{words}\", modules={modules}"));

        HostileGuest.Run(words);
        if (CommandLine.Contains(words, "bench"))
        {
            Benchmark.Run(words);
        }
        else if (!End(words, onlyThat: true))
        {
            TestRunner.Run(words, IsHyperCore());
        }

        End(words, onlyThat: false);
        Power.Off();
    }

    // "reset" and the like end the guest that way; alone on the command line they do so at once.
    private static bool End(scoped ReadOnlySpan<char> words, bool onlyThat)
    {
        bool reset = CommandLine.Contains(words, "reset");
        bool triple = CommandLine.Contains(words, "triple");
        bool hang = CommandLine.Contains(words, "hang");
        bool stop = CommandLine.Contains(words, "cli-hlt");
        if (onlyThat)
        {
            return (reset || triple || hang || stop) && words.IndexOf(' ') < 0;
        }

        if (reset)
        {
            Power.Reset();
        }
        else if (triple)
        {
            Probes.TripleFault();
        }
        else if (hang)
        {
            Power.Hang();
        }
        else if (stop)
        {
            Power.Stop();
        }

        return false;
    }

    // QEMU puts the kernel's file name in front; words that are no test's name do no harm.
    private static ReadOnlySpan<char> ReadCommandLine(MultibootInfo* info)
    {
        if ((info->Flags & MultibootInfo.HasCommandLine) == 0)
        {
            return default;
        }

        byte* bytes = (byte*)(ulong)info->Cmdline;
        char[] line = new char[MaxCommandLine];
        int length = 0;
        while (length < line.Length && bytes[length] != 0)
        {
            line[length] = (char)bytes[length];
            length++;
        }

        ReadOnlySpan<char> text = new(line, 0, length);
        int space = text.IndexOf(' ');
        bool startsWithPath = text.IndexOf('/') >= 0 || text.IndexOf('\\') >= 0;
        return startsWithPath ? text.Slice(space < 0 ? text.Length : space + 1) : text;
    }

    private static bool IsHyperCore()
    {
        Intrinsics.Cpuid(0x4000_0000, 0, out _, out uint ebx, out uint ecx, out uint edx);
        return ebx == ProcessorTests.SignatureEbx && ecx == ProcessorTests.SignatureEcx && edx == ProcessorTests.SignatureEdx;
    }

    private static void OnPanic(string message, nuint address)
    {
        Span<char> text = stackalloc char[200];
        Report.Line(TextBuilder.Format(text, $"panic: {message} at 0x{(ulong)address:x}"));
        Power.Off();
    }
}
