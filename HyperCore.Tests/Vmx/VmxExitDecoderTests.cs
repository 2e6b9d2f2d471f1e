using System.Runtime.InteropServices;
using HyperCore.Core.Exits;
using HyperCore.Efi.Vmx;
using Xunit;

namespace HyperCore.Tests.Vmx;

public sealed class VmxExitDecoderTests
{
    private const ulong Rip = 0xFFFF_8000_0000_1000;

    // Qualification of an I/O instruction (SDM vol. 3C, table 28-5): size less one 2:0, IN 3, string 4, REP 5, port 31:16.
    [Theory]
    [InlineData(0x03F8_0008ul, 0x3F8, 1, false, false, false)]
    [InlineData(0x0CFC_0043ul, 0xCFC, 4, true, false, false)]
    [InlineData(0x01F0_0039ul, 0x1F0, 2, false, true, true)]
    [InlineData(0xFFFF_0010ul, 0xFFFF, 1, true, true, false)]
    public void Decode_Io_ReadsPortWidthAndDirection(ulong qualification, int port, int size, bool write, bool isString, bool repeated)
    {
        VmExit exit = Decode(VmxExitReason.Io, qualification, length: 2);

        Assert.Equal(ExitReason.PortIo, exit.Reason);
        Assert.Equal((port, size), (exit.Port, exit.Size));
        Assert.Equal((ulong)port, exit.Qualification); // for the trace
        Assert.Equal((write, isString, repeated), (exit.IsWrite, exit.IsString, exit.IsRepeated));
        Assert.Equal(Rip + 2, exit.NextRip);
    }

    // Qualification of an EPT violation (table 28-7): read 0, write 1, fetch 2, linear address valid 7, after translation 8.
    [Theory]
    [InlineData(0x181ul, false, false, false)]
    [InlineData(0x182ul, true, false, false)]
    [InlineData(0x184ul, false, true, false)]
    [InlineData(0x083ul, true, false, true)]
    [InlineData(0x001ul, false, false, true)] // PDPTEs
    public void Decode_EptViolation_ReadsAddressAndAccess(ulong qualification, bool write, bool fetch, bool walk)
    {
        VmExit exit = Decode(VmxExitReason.EptViolation, qualification, guestPhysical: 0xFEE0_0300);

        Assert.Equal((ExitReason.MemoryFault, 0xFEE0_0300ul), (exit.Reason, exit.GuestPhysical));
        Assert.Equal(0xFEE0_0300ul, exit.Qualification); // for the trace
        Assert.Equal((write, fetch, walk), (exit.IsWrite, exit.IsFetch, exit.IsPageWalk));
        Assert.Equal(0, exit.FetchedLength);
    }

    // Qualification of an APIC access (table 28-6): offset 11:0, type 15:12.
    [Theory]
    [InlineData(0x0390ul, false, false, false)] // linear: read,
    [InlineData(0x1390ul, true, false, false)] // write,
    [InlineData(0x2390ul, false, true, false)] // fetch,
    [InlineData(0x3390ul, false, false, false)] // during event delivery
    [InlineData(0xA390ul, false, false, true)] // guest-physical
    [InlineData(0xF390ul, false, false, true)]
    public void Decode_ApicAccess_IsAMemoryFault(ulong qualification, bool write, bool fetch, bool walk)
    {
        VmExit exit = Decode(VmxExitReason.ApicAccess, qualification, guestPhysical: 0x1234);

        Assert.Equal((ExitReason.MemoryFault, 0xFEE0_0390ul), (exit.Reason, exit.GuestPhysical));
        Assert.Equal((write, fetch, walk), (exit.IsWrite, exit.IsFetch, exit.IsPageWalk));
        Assert.Equal(0, exit.FetchedLength);
    }

    [Fact]
    public void Decode_ApicWrite_ReadsTheOffset()
    {
        VmExit exit = Decode(VmxExitReason.ApicWrite, 0x300);

        Assert.Equal((ExitReason.ApicWrite, 0x300ul), (exit.Reason, exit.Qualification));
    }

    [Fact]
    public void Decode_VirtualizedEoi_ReadsTheVector()
    {
        VmExit exit = Decode(VmxExitReason.VirtualizedEoi, 0x61);

        Assert.Equal((ExitReason.EndOfInterrupt, (byte)0x61), (exit.Reason, exit.Vector));
    }

    [Theory]
    [InlineData(VmxExitReason.Rdmsr, false)]
    [InlineData(VmxExitReason.Wrmsr, true)]
    public void Decode_Msr_ReadsDirection(uint reason, bool write)
    {
        VmExit exit = Decode(reason, 0, length: 2);

        Assert.Equal((ExitReason.Msr, write, Rip + 2), (exit.Reason, exit.IsWrite, exit.NextRip));
    }

    // Interruption information (table 25-19): vector 7:0, type 10:8, error code valid 11, valid 31.
    [Theory]
    [InlineData(0x8000_0B11u, 0u, ExitReason.Exception, 17, 0u)]
    [InlineData(0x8000_0B0Eu, 6u, ExitReason.Exception, 14, 6u)]
    [InlineData(0x8000_0301u, 6u, ExitReason.Exception, 1, 0u)] // what is there of the error code belongs to another
    [InlineData(0x8000_0202u, 0u, ExitReason.Nmi, 2, 0u)]
    public void Decode_ExceptionOrNmi_ReadsVectorAndErrorCode(uint information, uint errorCode, ExitReason reason, int vector, uint expectedCode)
    {
        VmExit exit = Decode(VmxExitReason.ExceptionOrNmi, 0, information: information, errorCode: errorCode);

        Assert.Equal((reason, vector, expectedCode), (exit.Reason, exit.Vector, exit.ErrorCode));
    }

    // Appendix C.
    [Theory]
    [InlineData(1u, ExitReason.ExternalInterrupt)]
    [InlineData(2u, ExitReason.Shutdown)]
    [InlineData(3u, ExitReason.Init)]
    [InlineData(4u, ExitReason.Init)]
    [InlineData(7u, ExitReason.InterruptWindow)]
    [InlineData(8u, ExitReason.NmiWindow)]
    [InlineData(9u, ExitReason.TaskSwitch)]
    [InlineData(10u, ExitReason.Cpuid)]
    [InlineData(11u, ExitReason.ForbiddenInstruction)] // GETSEC
    [InlineData(12u, ExitReason.Halt)]
    [InlineData(13u, ExitReason.CacheFlush)] // INVD
    [InlineData(15u, ExitReason.PerformanceCounter)]
    [InlineData(17u, ExitReason.ForbiddenInstruction)] // RSM
    [InlineData(18u, ExitReason.Hypercall)]
    [InlineData(19u, ExitReason.ForbiddenInstruction)] // VMCLEAR
    [InlineData(27u, ExitReason.ForbiddenInstruction)] // VMXON
    [InlineData(36u, ExitReason.MonitorWait)]
    [InlineData(39u, ExitReason.MonitorWait)]
    [InlineData(40u, ExitReason.Pause)]
    [InlineData(43u, ExitReason.InterruptWindow)]
    [InlineData(50u, ExitReason.ForbiddenInstruction)] // INVEPT
    [InlineData(53u, ExitReason.ForbiddenInstruction)] // INVVPID
    [InlineData(54u, ExitReason.CacheFlush)] // WBINVD
    [InlineData(55u, ExitReason.Xsetbv)]
    [InlineData(60u, ExitReason.ForbiddenInstruction)] // ENCLS
    [InlineData(49u, ExitReason.Unknown)] // EPT misconfiguration
    [InlineData(6u, ExitReason.Unknown)] // SMI
    [InlineData(0x8000_0021u, ExitReason.InvalidGuestState)]
    [InlineData(0x8000_0022u, ExitReason.InvalidGuestState)]
    [InlineData(0x8000_0029u, ExitReason.Exception)]
    public void Decode_Reason_IsNamedForBothVendors(uint reason, ExitReason expected)
    {
        VmExit exit = Decode(reason, 0);

        Assert.Equal((expected, Rip), (exit.Reason, exit.Rip));
    }

    // Assembly/Vmx.asm.
    [Theory]
    [InlineData(nameof(VmxFrame.Rip), 0xE0)]
    [InlineData(nameof(VmxFrame.Rflags), 0xE8)]
    [InlineData(nameof(VmxFrame.ExitReason), 0xF0)]
    [InlineData(nameof(VmxFrame.Qualification), 0xF8)]
    [InlineData(nameof(VmxFrame.InstructionLength), 0x100)]
    [InlineData(nameof(VmxFrame.IdtVectoringInfo), 0x108)]
    [InlineData(nameof(VmxFrame.Interruptibility), 0x110)]
    [InlineData(nameof(VmxFrame.HostRsp), 0x118)]
    [InlineData(nameof(VmxFrame.IsLaunched), 0x120)]
    public void Frame_Layout_IsTheAssemblys(string field, int offset)
    {
        Assert.Equal(offset, (int)Marshal.OffsetOf<VmxFrame>(field));
        Assert.Equal(VmxFrame.Length, Marshal.SizeOf<VmxFrame>());
    }

    private static VmExit Decode(
        uint reason, ulong qualification, ulong length = 0, ulong guestPhysical = 0, uint information = 0, uint errorCode = 0)
    {
        var frame = new VmxFrame
        {
            Rip = Rip,
            ExitReason = reason,
            Qualification = qualification,
            InstructionLength = length,
            GuestPhysical = guestPhysical,
            InterruptionInfo = information,
            InterruptionErrorCode = errorCode,
        };
        var exit = new VmExit { FetchedLength = 3, ErrorCode = 9 };
        VmxExitDecoder.Decode(frame, ref exit);
        return exit;
    }
}
