using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Platform;
using HyperCore.Efi.Cpu;
using HyperCore.TestGuest.Machine;

namespace HyperCore.TestGuest.Hostile;

/// <summary>Ways not to end, each of which is hard on the machine or on who else uses it: words of the command line.</summary>
internal static class HostileGuest
{
    private const uint RoundsBetweenReports = 20_000;
    private const int IpiVector = 0x41;

    // Real-mode code for the other processors, and where all of their interrupts lead.
    private const uint StartPage = 0x8000;
    private const uint ReturnOffset = 0x10;

    // ICR: delivery modes and the shorthand "all but me" (AMD APM vol. 2, 16.5).
    private const uint AllButMe = 3 << 18;
    private const uint ToAll = 2 << 18;
    private const uint Assert = 1 << 14;
    private const uint ModeNmi = 4 << 8;
    private const uint ModeInit = 5 << 8;
    private const uint ModeStart = 6 << 8;

    private const ushort KeyboardData = 0x60;
    private const ushort KeyboardStatus = 0x64;
    private const ulong DeviceSpace = 0xC000_0000;

    /// <summary>Does what a word asks for, for ever; comes back when there is no such word.</summary>
    public static void Run(scoped ReadOnlySpan<char> words)
    {
        if (CommandLine.Contains(words, "hostile-cli"))
        {
            LoopWithInterruptsOff();
        }
        else if (CommandLine.Contains(words, "hostile-ipi"))
        {
            FloodIpis();
        }
        else if (CommandLine.Contains(words, "hostile-random"))
        {
            AccessAnything();
        }
        else if (CommandLine.Contains(words, "keylog"))
        {
            LogKeys();
        }
    }

    private static void LoopWithInterruptsOff()
    {
        Report.Line("hostile-cli begins");
        Intrinsics.DisableInterrupts();

        // Never PAUSE: nothing tells that this is no work.
        uint count = 0;
        while (true)
        {
            count++;
            Intrinsics.ReadStackPointer();
        }
    }

    // Other processors wait in HLT and are woken, interrupted, reset and started all the time.
    private static void FloodIpis()
    {
        for (uint vector = 0; vector < 256; vector++)
        {
            Intrinsics.WriteMemory32(vector * 4, StartPage + ReturnOffset);
        }

        Intrinsics.WriteMemory32(StartPage, 0xFCEB_F4FB); // sti; hlt; jmp -4
        Intrinsics.WriteMemory8(StartPage + ReturnOffset, 0xCF); // iret
        Report.Line("hostile-ipi begins");
        Intrinsics.EnableInterrupts();
        for (uint round = 1; ; round++)
        {
            Apic.SendSelf(IpiVector);
            Apic.Write(Apic.CommandLow, ToAll | Assert | IpiVector);
            Apic.Write(Apic.CommandLow, AllButMe | Assert | IpiVector);
            Apic.Write(Apic.CommandLow, AllButMe | Assert | ModeNmi);
            if (round % 64 == 1)
            {
                Apic.Write(Apic.CommandLow, AllButMe | Assert | ModeInit);
                Apic.Write(Apic.CommandLow, AllButMe | Assert | ModeStart | (StartPage >> 12));
            }

            ReportRound("hostile-ipi", round);
        }
    }

    private static void AccessAnything()
    {
        Report.Line("hostile-random begins");
        ulong random = 0x9E37_79B9_7F4A_7C15;
        for (uint round = 1; ; round++)
        {
            AccessPort(Next(ref random), Next(ref random));
            AccessMemory(Next(ref random), Next(ref random));
            ReportRound("hostile-random", round);
        }
    }

    private static void AccessPort(ulong choice, ulong value)
    {
        var port = (ushort)choice;

        // Half of the time ports below 400h, where chips are.
        port = (choice & 1 << 20) != 0 ? (ushort)(port & 0x3FF) : port;

        // It is not to end itself, and its reports are to be readable.
        if (port is KeyboardStatus or 0x92 or >= SerialPort.Base - 3 and <= SerialPort.Base + 7
            or >= PlatformLayout.ResetPort - 3 and <= PlatformLayout.ResetPort or >= PlatformLayout.Pm1EventPort - 3 and <= PlatformLayout.PmTimerPort)
        {
            return;
        }

        switch (choice >> 32 & 7)
        {
            case 0:
                Intrinsics.In8(port);
                break;
            case 1:
                Intrinsics.In16(port);
                break;
            case 2:
                Intrinsics.In32(port);
                break;
            case 3:
                Intrinsics.Out16(port, (ushort)value);
                break;
            case 4:
                Intrinsics.Out32(port, (uint)value);
                break;
            default:
                Intrinsics.Out8(port, (byte)value);
                break;
        }
    }

    private static void AccessMemory(ulong choice, ulong value)
    {
        ulong address = (choice >> 32 & 7) switch
        {
            0 => PlatformLayout.IoApicBase + (choice & 0xFFC),
            1 => PlatformLayout.LocalApicBase + (choice & 0xFFC),
            2 => PlatformLayout.EcamBase + (choice & (PlatformLayout.EcamLength - 1)),
            3 => PlatformLayout.PciMemoryBase + (choice & (PlatformLayout.PciMemoryLength - 1)),
            4 => PlatformLayout.FramebufferBase + (choice & (PlatformLayout.FramebufferWindow - 1)),
            _ => DeviceSpace + (choice & 0x3FFF_FFFF),
        };

        // An INIT for itself would end the show.
        if (address - PlatformLayout.LocalApicBase is >= Apic.CommandLow - 7 and < Apic.CommandHigh)
        {
            return;
        }

        switch (choice >> 36 & 7)
        {
            case 0:
                Intrinsics.ReadMemory8(address);
                break;
            case 1:
                Intrinsics.ReadMemory16(address);
                break;
            case 2:
                Intrinsics.ReadMemory64(address & ~7ul);
                break;
            case 3:
                Intrinsics.WriteMemory8(address, (byte)value);
                break;
            case 4:
                Intrinsics.WriteMemory16(address, (ushort)value);
                break;
            case 5:
                Intrinsics.WriteMemory64(address & ~7ul, value);
                break;
            default:
                Intrinsics.WriteMemory32(address, (uint)value);
                break;
        }
    }

    // Asks the keyboard controller itself, as a driver without interrupts would, and also takes what it was not told of.
    private static void LogKeys()
    {
        Span<char> text = stackalloc char[64];
        Report.Line("keylog begins");
        byte unasked = Intrinsics.In8(KeyboardData);
        for (uint round = 1; ; round++)
        {
            byte status = Intrinsics.In8(KeyboardStatus);
            byte data = Intrinsics.In8(KeyboardData);
            if ((status & 1) != 0 || data != unasked)
            {
                unasked = data;
                Report.Line(TextBuilder.Format(text, $"keylog status=0x{(uint)status:x} data=0x{(uint)data:x}"));
            }

            ReportRound("keylog", round);
        }
    }

    private static void ReportRound(string name, uint round)
    {
        if (round % RoundsBetweenReports == 0)
        {
            Span<char> text = stackalloc char[64];
            Report.Line(TextBuilder.Format(text, $"{name} rounds={round}"));
        }
    }

    // Marsaglia's xorshift with 64 bits: the same sequence each time.
    private static ulong Next(ref ulong state)
    {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        return state;
    }
}
