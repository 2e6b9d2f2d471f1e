using System;
using CsCheck;
using HyperCore.Core.Exits;
using HyperCore.Efi.Svm;
using Xunit;

namespace HyperCore.Tests.Svm;

public sealed unsafe class SvmExitDecoderTests
{
    // EXITINFO1 of IOIO (AMD APM vol. 2, 15.10.2): port 31:16, SZ32/16/8 6:4, REP 3, STR 2, TYPE 0 (1 = IN).
    [Theory]
    [InlineData(0x03F8_0211u, 0x3F8, 1, false, false, false)]
    [InlineData(0x0CFC_0140u, 0xCFC, 4, true, false, false)]
    [InlineData(0x01F0_002Du, 0x1F0, 2, false, true, true)]
    [InlineData(0x0402_0014u, 0x402, 1, true, true, false)]
    [InlineData(0xFFFF_0010u, 0xFFFF, 1, true, false, false)]
    public void Decode_Ioio_ReadsPortWidthAndDirection(uint info, int port, int size, bool write, bool isString, bool repeated)
    {
        VmExit exit = Decode(0x7B, info, info2: 0x1234_5678_9ABC);

        Assert.Equal(ExitReason.PortIo, exit.Reason);
        Assert.Equal((port, size), (exit.Port, exit.Size));
        Assert.Equal((ulong)port, exit.Qualification); // for the trace
        Assert.Equal((write, isString, repeated), (exit.IsWrite, exit.IsString, exit.IsRepeated));
        Assert.Equal(0x1234_5678_9ABCul, exit.NextRip); // EXITINFO2, without NRIP save too
    }

    // EXITINFO1 of NPF (15.25.6): the page fault's error code, and where in the walk it was.
    [Theory]
    [InlineData(0x1_0000_0004ul, false, false, false)]
    [InlineData(0x1_0000_0006ul, true, false, false)]
    [InlineData(0x1_0000_0007ul, true, false, false)]
    [InlineData(0x1_0000_0014ul, false, true, false)]
    [InlineData(0x2_0000_0006ul, true, false, true)]
    public void Decode_NestedPageFault_ReadsAddressAndAccess(ulong info, bool write, bool fetch, bool walk)
    {
        VmExit exit = Decode(0x400, info, info2: 0xFEE0_0300);

        Assert.Equal((ExitReason.MemoryFault, 0xFEE0_0300ul), (exit.Reason, exit.GuestPhysical));
        Assert.Equal(0xFEE0_0300ul, exit.Qualification); // for the trace
        Assert.Equal((write, fetch, walk), (exit.IsWrite, exit.IsFetch, exit.IsPageWalk));
    }

    // Guest instruction bytes (15.8.4): 0D0h has their number.
    [Theory]
    [InlineData(0, 0)]
    [InlineData(7, 7)]
    [InlineData(15, 15)]
    [InlineData(0xF5, 5)] // bits 7:4 are reserved
    public void Decode_NestedPageFault_ReadsHowManyBytesWereFetched(byte field, int length)
    {
        byte[] vmcb = new byte[Vmcb.Size];
        BitConverter.TryWriteBytes(vmcb.AsSpan(Vmcb.ExitCode), 0x400u);
        vmcb[0xD0] = field;
        var exit = new VmExit { FetchedLength = 3 };
        fixed (byte* pointer = vmcb)
        {
            SvmExitDecoder.Decode(pointer, false, ref exit);
        }

        Assert.Equal(length, exit.FetchedLength);
    }

    [Theory]
    [InlineData(0ul, false)]
    [InlineData(1ul, true)]
    public void Decode_Msr_ReadsDirection(ulong info, bool write)
    {
        VmExit exit = Decode(0x7C, info);
        Assert.Equal((ExitReason.Msr, write), (exit.Reason, exit.IsWrite));
    }

    [Theory]
    [InlineData(0x41u, 1)]
    [InlineData(0x51u, 17)]
    [InlineData(0x5Fu, 31)]
    public void Decode_Exception_ReadsVectorAndErrorCode(uint code, int vector)
    {
        VmExit exit = Decode(code, 0x1234);
        Assert.Equal((ExitReason.Exception, vector, 0x1234u), (exit.Reason, exit.Vector, exit.ErrorCode));
    }

    [Theory]
    [InlineData(0x03u, 3, false)]
    [InlineData(0x14u, 4, true)]
    [InlineData(0x18u, 8, true)]
    public void Decode_ControlRegister_ReadsNumberAndDirection(uint code, int number, bool write)
    {
        VmExit exit = Decode(code, 0);
        Assert.Equal((ExitReason.ControlRegister, number, write), (exit.Reason, exit.Vector, exit.IsWrite));
    }

    [Theory]
    [InlineData(0x60u, ExitReason.ExternalInterrupt)]
    [InlineData(0x61u, ExitReason.Nmi)]
    [InlineData(0x63u, ExitReason.Init)]
    [InlineData(0x64u, ExitReason.InterruptWindow)]
    [InlineData(0x6Fu, ExitReason.PerformanceCounter)]
    [InlineData(0x72u, ExitReason.Cpuid)]
    [InlineData(0x73u, ExitReason.ForbiddenInstruction)] // RSM outside of SMM is #UD
    [InlineData(0x74u, ExitReason.NmiWindow)]
    [InlineData(0x76u, ExitReason.CacheFlush)]
    [InlineData(0x77u, ExitReason.Pause)]
    [InlineData(0x78u, ExitReason.Halt)]
    [InlineData(0x7Au, ExitReason.ForbiddenInstruction)]
    [InlineData(0x7Fu, ExitReason.Shutdown)]
    [InlineData(0x80u, ExitReason.ForbiddenInstruction)]
    [InlineData(0x81u, ExitReason.Hypercall)]
    [InlineData(0x82u, ExitReason.ForbiddenInstruction)]
    [InlineData(0x83u, ExitReason.ForbiddenInstruction)]
    [InlineData(0x84u, ExitReason.ForbiddenInstruction)]
    [InlineData(0x85u, ExitReason.ForbiddenInstruction)]
    [InlineData(0x86u, ExitReason.ForbiddenInstruction)]
    [InlineData(0x89u, ExitReason.CacheFlush)]
    [InlineData(0x8Au, ExitReason.MonitorWait)]
    [InlineData(0x8Bu, ExitReason.MonitorWait)]
    [InlineData(0x8Cu, ExitReason.MonitorWait)]
    [InlineData(0x8Du, ExitReason.Xsetbv)]
    [InlineData(0x8Eu, ExitReason.ForbiddenInstruction)]
    [InlineData(0x7Eu, ExitReason.Unknown)]
    [InlineData(0x401u, ExitReason.Unknown)]
    [InlineData(0xFFFF_FFFFu, ExitReason.InvalidGuestState)]
    public void Decode_Code_BecomesTheNeutralReason(uint code, ExitReason expected)
    {
        VmExit exit = Decode(code, 0);
        Assert.Equal((expected, (ulong)code), (exit.Reason, exit.Qualification));
    }

    [Fact]
    public void Decode_NextRip_ComesFromTheVmcbOnlyWithNripSave()
    {
        Assert.Equal(0x55AAul, Decode(0x72, 0, nextRip: 0x55AA, hasNextRip: true).NextRip);
        Assert.Equal(0ul, Decode(0x72, 0, nextRip: 0x55AA, hasNextRip: false).NextRip);
    }

    [Fact]
    public void Decode_AnyVmcb_GivesAReason()
    {
        Gen.Select(Gen.UInt, Gen.ULong, Gen.ULong, Gen.Bool).Sample(
            (code, info1, info2, hasNextRip) =>
            {
                Assert.True(Enum.IsDefined(Decode(code & 0x4FF, info1, info2, 1, hasNextRip).Reason));
                Assert.True(Enum.IsDefined(Decode(code, info1, info2, 1, hasNextRip).Reason));
            });
    }

    private static VmExit Decode(uint code, ulong info1, ulong info2 = 0, ulong nextRip = 0, bool hasNextRip = false)
    {
        byte[] vmcb = new byte[Vmcb.Size];
        BitConverter.TryWriteBytes(vmcb.AsSpan(Vmcb.ExitCode), code);
        BitConverter.TryWriteBytes(vmcb.AsSpan(Vmcb.ExitInfo1), info1);
        BitConverter.TryWriteBytes(vmcb.AsSpan(Vmcb.ExitInfo2), info2);
        BitConverter.TryWriteBytes(vmcb.AsSpan(Vmcb.NRip), nextRip);

        // Whatever an earlier exit left in the fields must not matter.
        var exit = new VmExit { IsWrite = true, IsString = true, IsRepeated = true, IsFetch = true, IsPageWalk = true, Vector = 0xFF, NextRip = 9 };
        fixed (byte* pointer = vmcb)
        {
            SvmExitDecoder.Decode(pointer, hasNextRip, ref exit);
        }

        return exit;
    }
}
