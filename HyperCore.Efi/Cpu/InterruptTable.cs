using System.Runtime;
using HyperCore.Efi.Firmware;
using HyperCore.Efi.Panic;

namespace HyperCore.Efi.Cpu;

/// <summary>Brings each of the 256 vectors to its handler. Exceptions of HyperCore itself end in a panic.</summary>
public static unsafe class InterruptTable
{
    private const int VectorCount = 256;
    private const ulong TrapFlag = 1ul << 8;
    private const ulong VectorDebug = 1;
    private const ulong VectorNmi = 2;
    private const ulong VectorInvalidOpcode = 6;
    private const ulong VectorGeneralProtection = 13;
    private const ulong VectorPageFault = 14;

    private static readonly InterruptHandler?[] s_handlers = new InterruptHandler?[VectorCount];
    private static InterruptController? s_controller;

    /// <summary>Interrupts so far that nobody had asked for: spurious ones, and left-overs of the firmware.</summary>
    public static ulong UnexpectedCount { get; private set; }

    /// <summary>The last vector that nobody had asked for.</summary>
    public static int LastUnexpected { get; private set; }

    /// <summary>Makes <paramref name="handler"/> take a vector (32 to 255); null gives it back.</summary>
    public static void SetHandler(int vector, InterruptHandler? handler) => s_handlers[vector] = handler;

    /// <summary>Says where an end of interrupt goes: a local APIC in the mode that all have, so that it is always the pCPU's own.</summary>
    public static void SetController(InterruptController controller) => s_controller = controller;

    /// <summary>Called by the common path in assembly, with interrupts off.</summary>
    [RuntimeExport("InterruptTable_Dispatch")]
    private static void Dispatch(ExceptionFrame* frame)
    {
        ulong vector = frame->Vector;
        if (vector >= InterruptVector.ExceptionCount)
        {
            Deliver((int)vector);
        }
        else if (vector == VectorNmi && PanicHandler.IsReporting)
        {
            // Another pCPU has failed and stops this one.
            PanicHandler.StopHere();
        }
        else if (vector == VectorDebug && (frame->Rflags & TrapFlag) == 0)
        {
            // HyperCore sets neither TF nor breakpoints, so this belongs to nobody: Bochs 3.1 carries the single-step trap of a guest over
            // the exit of the stepped instruction, and raises it before the host's own TSS is back.
            UnexpectedCount++;
            LastUnexpected = (int)vector;
        }
        else if (!FirmwareCall.TryAbandon(frame)
            && (vector is not (VectorInvalidOpcode or VectorGeneralProtection or VectorPageFault) || !TryRecover(frame)))
        {
            PanicHandler.OnException(frame);
        }
    }

    private static void Deliver(int vector)
    {
        InterruptHandler? handler = s_handlers[vector];
        if (handler != null)
        {
            handler.Handle();
            s_controller?.EndOfInterrupt();
            return;
        }

        UnexpectedCount++;
        LastUnexpected = vector;

        // A spurious interrupt, of the local APIC or of an 8259, is not in service and takes no end of interrupt (AMD APM vol. 2, 16.4.7).
        if (s_controller != null && s_controller.IsInService(vector))
        {
            s_controller.EndOfInterrupt();
        }
    }

    /// <summary>Goes on behind an instruction that is allowed to fault, see the exception table in Assembly/Intrinsics.asm.</summary>
    private static bool TryRecover(ExceptionFrame* frame)
    {
        int* table = Intrinsics.ExceptionTable();
        for (int* entry = table; entry[0] != 0 || entry[1] != 0; entry += 2)
        {
            if (frame->Rip == (ulong)((byte*)table + entry[0]))
            {
                frame->Rip = (ulong)((byte*)table + entry[1]);
                return true;
            }
        }

        return false;
    }
}
