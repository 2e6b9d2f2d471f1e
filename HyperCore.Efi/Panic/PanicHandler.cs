using System;
using System.Threading;
using HyperCore.Core.Console;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Machine;
using HyperCore.Core.Menu;
using HyperCore.Core.Time;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Drivers;

namespace HyperCore.Efi.Panic;

/// <summary>
/// The end of HyperCore after an internal error: a report on the serial line, then on the screen, and the processor stops. It allocates
/// nothing, works with interrupts in any state and in the middle of anything, and a fault while it reports does not start it again.
/// </summary>
public static unsafe class PanicHandler
{
    /// <summary>Return addresses shown at most.</summary>
    private const int MaxReturnAddresses = 24;

    /// <summary>How much of the stack is searched for them, in bytes.</summary>
    private const ulong MaxStack = 32 << 10;

    private const int RegisterCount = 24;
    private const int MaxMessage = 200;
    private const ulong VectorPageFault = 14;
    private const ulong PageLength = 4096;

    private static PanicRegister[]? s_registers;
    private static string s_version = "";
    private static Serial16550? s_serial;
    private static FramebufferRenderer? s_renderer;
    private static TextScreen? s_screen;
    private static HostFramebuffer? s_modes;
    private static Clock? s_clock;
    private static bool s_hasTables;
    private static PcpuStopper? s_stopper;
    private static int s_owner;
    private static int s_stopped;
    private static int s_depth;

    /// <summary>Makes a throw and every other failure of compiled code end here.</summary>
    /// <param name="version">HyperCore's version.</param>
    /// <param name="serial">Where the report goes first; null when there is no serial port.</param>
    public static void Install(string version, Serial16550? serial)
    {
        s_version = version;
        s_serial = serial;
        s_registers = new PanicRegister[RegisterCount];
        System.Runtime.Panic.Handler = &OnThrow;
    }

    /// <summary>Says that HyperCore's own interrupt table is loaded, so that the report may look at memory that may not be there.</summary>
    public static void SetTablesLoaded() => s_hasTables = true;

    /// <summary>Says where people see the report. What is on <paramref name="screen"/> is overwritten.</summary>
    public static void SetScreen(FramebufferRenderer renderer, TextScreen screen)
    {
        s_renderer = renderer;
        s_screen = screen;
    }

    /// <summary>Says how to bring the screen back into the mode that <see cref="SetScreen"/> was given; null where it has only one.</summary>
    public static void SetModes(HostFramebuffer? screen) => s_modes = screen;

    /// <summary>Says what the time of the report is taken from.</summary>
    public static void SetClock(Clock clock) => s_clock = clock;

    /// <summary>Says how the other pCPUs are stopped.</summary>
    public static void SetStopper(PcpuStopper stopper) => s_stopper = stopper;

    /// <summary>Some pCPU has failed and is writing its report: an NMI means that this one must stop.</summary>
    public static bool IsReporting => Volatile.Read(ref s_owner) != 0;

    /// <summary>Stops the pCPU that runs the caller, because another one has failed. Returns on the one that has.</summary>
    public static void StopHere()
    {
        int self = Self();
        if (self == s_owner)
        {
            return;
        }

        // An NMI may find it here already, halted because it had failed too.
        if (PcpuBlock.IsHere && Interlocked.Exchange(ref PcpuBlock.Current()->HasStopped, 1) == 0)
        {
            Interlocked.Increment(ref s_stopped);
        }

        HaltForever();
    }

    /// <summary>Reports an internal error of HyperCore and stops.</summary>
    /// <param name="message">What happened.</param>
    public static void Stop(string message) => OnThrow(message, 0);

    /// <summary>Reports an exception of HyperCore itself and stops.</summary>
    internal static void OnException(ExceptionFrame* frame)
    {
        Span<char> buffer = stackalloc char[MaxMessage];
        var message = new TextBuilder(buffer);
        Describe(ref message, frame);
        Report(message.Text, frame);
        HaltForever();
    }

    private static void OnThrow(string message, nuint address)
    {
        Intrinsics.DisableInterrupts();
        ExceptionFrame frame = default;
        Intrinsics.CaptureRegisters(&frame);
        if (address != 0)
        {
            frame.Rip = address;
            SkipToThrow(&frame);
        }

        Report(message, &frame);
        HaltForever();
    }

    /// <summary>Moves RSP up to where it was at the throw, so that the way from there to here is not shown.</summary>
    private static void SkipToThrow(ExceptionFrame* frame)
    {
        const ulong MaxDistance = 2048;
        ulong start = frame->Rsp;
        for (ulong at = start; at < start + MaxDistance && TryReadStack(at, start, out ulong value); at += sizeof(ulong))
        {
            if (value == frame->Rip)
            {
                frame->Rsp = at + sizeof(ulong);
            }
        }
    }

    private static void Report(scoped ReadOnlySpan<char> message, ExceptionFrame* frame)
    {
        TakeTheFloor();
        s_depth++;
        if (s_depth > 1)
        {
            if (s_depth == 2)
            {
                WriteSerial("\r\npanic: again, while reporting: ");
                WriteSerial(message);
                WriteSerial("\r\n");
            }

            return;
        }

        ulong* addresses = stackalloc ulong[MaxReturnAddresses];
        var report = new PanicReport
        {
            Message = message,
            Version = s_version,
            Processor = s_owner - 1,
            Stopped = Volatile.Read(ref s_stopped),
            Time = s_clock == null ? 0 : s_clock.Now,
            Registers = Registers(frame),
            ReturnAddresses = new ReadOnlySpan<ulong>(addresses, FindReturnAddresses(frame, addresses)),
            ImageBase = Intrinsics.ImageBase(),
            ImageSize = ImageText.ImageSize,
        };
        if (s_serial != null)
        {
            // A line of its own, whatever the line was in the middle of.
            WriteSerial("\r\n");
            PanicView.Write(s_serial, report);
        }

        if (s_screen != null && s_renderer != null)
        {
            s_modes?.UseOwnMode();
            PanicView.Draw(s_screen, report);
            s_renderer.Redraw(s_screen);
        }
    }

    /// <summary>
    /// One report is written, that of the pCPU that failed first. All others stop: they might be writing to the same port and screen. Who fails
    /// in the meantime just stops.
    /// </summary>
    private static void TakeTheFloor()
    {
        const ulong Patience = 100_000_000;
        int self = Self();
        int owner = Interlocked.CompareExchange(ref s_owner, self, 0);
        if (owner == self)
        {
            return;
        }

        if (owner != 0)
        {
            StopHere();
        }

        if (s_stopper == null || s_clock == null)
        {
            return;
        }

        int expected = s_stopper.StopOthers(self - 1);
        ulong end = s_clock.Now + Patience;
        while (Volatile.Read(ref s_stopped) < expected && s_clock.Now < end)
        {
            Intrinsics.Pause();
        }
    }

    /// <summary>Who runs the caller: the pCPU's number and one.</summary>
    private static int Self() => (PcpuBlock.IsHere ? PcpuBlock.Current()->Index : 0) + 1;

    private static void Describe(ref TextBuilder text, ExceptionFrame* frame)
    {
        text.Append(ExceptionName.Of(frame->Vector));
        if (frame->Vector != VectorPageFault)
        {
            if (frame->ErrorCode != 0)
            {
                text.Append(" with error code 0x");
                text.AppendHex(frame->ErrorCode);
            }

            return;
        }

        // Error code: AMD APM vol. 2, 8.4.2.
        ulong address = Intrinsics.ReadCr2();
        text.Append((frame->ErrorCode & 0x10) != 0 ? ": execution at 0x" : (frame->ErrorCode & 2) != 0 ? ": write to 0x" : ": read of 0x");
        text.AppendHex(address);
        bool isPresent = (frame->ErrorCode & 1) != 0;
        if (!isPresent && address < PageLength)
        {
            text.Append(", a null reference");
        }
        else if (!isPresent && address + PageLength > frame->Rsp && address < frame->Rsp + PageLength)
        {
            text.Append(", the stack is used up");
        }
        else
        {
            text.Append(isPresent ? ", which is protected" : ", which is not mapped");
        }
    }

    private static ReadOnlySpan<PanicRegister> Registers(ExceptionFrame* frame)
    {
        PanicRegister[]? registers = s_registers;
        if (registers == null)
        {
            return default;
        }

        registers[0] = new PanicRegister("rip", frame->Rip);
        registers[1] = new PanicRegister("rsp", frame->Rsp);
        registers[2] = new PanicRegister("flags", frame->Rflags);
        registers[3] = new PanicRegister("cr2", Intrinsics.ReadCr2());
        registers[4] = new PanicRegister("rax", frame->Rax);
        registers[5] = new PanicRegister("rbx", frame->Rbx);
        registers[6] = new PanicRegister("rcx", frame->Rcx);
        registers[7] = new PanicRegister("rdx", frame->Rdx);
        registers[8] = new PanicRegister("rsi", frame->Rsi);
        registers[9] = new PanicRegister("rdi", frame->Rdi);
        registers[10] = new PanicRegister("rbp", frame->Rbp);
        registers[11] = new PanicRegister("cs", frame->Cs);
        registers[12] = new PanicRegister("r8", frame->R8);
        registers[13] = new PanicRegister("r9", frame->R9);
        registers[14] = new PanicRegister("r10", frame->R10);
        registers[15] = new PanicRegister("r11", frame->R11);
        registers[16] = new PanicRegister("r12", frame->R12);
        registers[17] = new PanicRegister("r13", frame->R13);
        registers[18] = new PanicRegister("r14", frame->R14);
        registers[19] = new PanicRegister("r15", frame->R15);
        registers[20] = new PanicRegister("cr0", Intrinsics.ReadCr0());
        registers[21] = new PanicRegister("cr3", Intrinsics.ReadCr3());
        registers[22] = new PanicRegister("cr4", Intrinsics.ReadCr4());
        registers[23] = new PanicRegister("efer", Intrinsics.ReadEfer());
        return registers;
    }

    /// <summary>
    /// Compiled code keeps no chain of frames: where the error happened comes first, then every word on the stack that a CALL could have
    /// left there, stale ones included.
    /// </summary>
    private static int FindReturnAddresses(ExceptionFrame* frame, ulong* addresses)
    {
        int count = 0;
        addresses[count++] = frame->Rip;
        ulong stack = frame->Rsp & ~7ul;
        for (ulong at = stack; at < stack + MaxStack && count < MaxReturnAddresses; at += sizeof(ulong))
        {
            if (!TryReadStack(at, stack, out ulong value))
            {
                // RSP is in the guard page after an overflow; the stack begins behind it. Elsewhere the stack ends here.
                if (at / PageLength != stack / PageLength)
                {
                    break;
                }

                at |= PageLength - sizeof(ulong);
            }
            else if (ImageText.IsReturnAddress(value))
            {
                addresses[count++] = value;
            }
        }

        return count;
    }

    /// <summary>A word of the stack that <paramref name="stack"/> points into; false where there is none.</summary>
    private static bool TryReadStack(ulong at, ulong stack, out ulong value)
    {
        if (s_hasTables)
        {
            return Intrinsics.TryReadMemory64(at, out value);
        }

        // Without our own fault handler only the page that RSP is in is known to be there.
        bool isKnown = at / PageLength == stack / PageLength;
        value = isKnown ? *(ulong*)at : 0;
        return isKnown;
    }

    private static void WriteSerial(scoped ReadOnlySpan<char> text)
    {
        for (int i = 0; s_serial != null && i < text.Length; i++)
        {
            s_serial.Write((byte)text[i]);
        }
    }

    private static void HaltForever()
    {
        while (true)
        {
            Intrinsics.DisableInterrupts();
            Intrinsics.Halt();
        }
    }
}
