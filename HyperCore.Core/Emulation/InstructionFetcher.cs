using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using HyperCore.Core.Processor;

namespace HyperCore.Core.Emulation;

/// <summary>
/// Reads the instruction at CS:RIP as the processor fetches it: through segmentation and the guest's page tables, with the faults they
/// raise set to be delivered.
/// </summary>
/// <param name="memory">The guest's RAM.</param>
/// <param name="walker">The walker over its page tables.</param>
public sealed unsafe class InstructionFetcher(GuestMemory memory, GuestPageWalker walker)
{
    private readonly GuestMemory _memory = memory;
    private readonly GuestPageWalker _walker = walker;

    /// <summary>
    /// Reads what one page holds of the instruction: 15 bytes or as many as there are before the page or the code segment ends.
    /// </summary>
    /// <param name="cpu">The vCPU.</param>
    /// <param name="code">Its CS.</param>
    /// <param name="is64Bit">It is in 64-bit mode.</param>
    /// <param name="bytes">The bytes.</param>
    public FetchResult Fetch(VirtualProcessor cpu, in Segment code, bool is64Bit, out InstructionBytes bytes)
    {
        bytes = default;
        return Read(cpu, code, is64Bit, ref bytes);
    }

    /// <summary>
    /// Reads on behind <paramref name="bytes"/>, which turned out too few. The fault of a page or segment that the instruction
    /// runs into is raised only here, when it is known that the instruction needs it.
    /// </summary>
    public FetchResult FetchMore(VirtualProcessor cpu, in Segment code, bool is64Bit, ref InstructionBytes bytes)
    {
        if (bytes.Length >= InstructionBytes.Max)
        {
            // An instruction of more than 15 bytes (APM vol. 2, 8.2.14).
            cpu.InjectException(ExceptionVector.GeneralProtection);
            return FetchResult.FaultInjected;
        }

        return Read(cpu, code, is64Bit, ref bytes);
    }

    private FetchResult Read(VirtualProcessor cpu, in Segment code, bool is64Bit, ref InstructionBytes bytes)
    {
        ulong rip = cpu.Rip + (uint)bytes.Length;
        int wanted = InstructionBytes.Max - bytes.Length;
        ulong linear;
        if (is64Bit)
        {
            linear = rip;
            if (!ControlBits.IsCanonical(linear, cpu.Cr4))
            {
                cpu.InjectException(ExceptionVector.GeneralProtection);
                return FetchResult.FaultInjected;
            }
        }
        else
        {
            if (rip > code.Limit)
            {
                cpu.InjectException(ExceptionVector.GeneralProtection);
                return FetchResult.FaultInjected;
            }

            ulong left = code.Limit - rip + 1;
            if (left < (ulong)wanted)
            {
                wanted = (int)left;
            }

            linear = (uint)(code.Base + rip);
        }

        GuestPageAccess access = cpu.Cpl == 3 ? GuestPageAccess.Fetch | GuestPageAccess.User : GuestPageAccess.Fetch;
        if (!_walker.TryTranslate(cpu, linear, access, out ulong guestPhysical, out uint errorCode))
        {
            cpu.Cr2 = linear;
            cpu.InjectException(ExceptionVector.PageFault, errorCode);
            return FetchResult.FaultInjected;
        }

        int room = 0x1000 - (int)(linear & 0xFFF);
        if (room >= 16 && wanted == InstructionBytes.Max)
        {
            byte* host = _memory.Translate(guestPhysical, 16);
            if (host != null)
            {
                bytes.Low = *(ulong*)host;
                bytes.High = *(ulong*)(host + 8) & InstructionBytes.HighMask;
                bytes.Length = InstructionBytes.Max;
                return FetchResult.Done;
            }
        }

        int count = wanted < room ? wanted : room;
        for (int i = 0; i < count; i++)
        {
            byte* host = _memory.Translate(guestPhysical + (uint)i, 1);
            if (host == null)
            {
                // A slot's end counts only when the instruction starts behind it; else the decoder asks for more.
                return i == 0 ? FetchResult.NotMemory : FetchResult.Done;
            }

            bytes.Append(*host);
        }

        return FetchResult.Done;
    }
}
