using System;
using System.Collections.Generic;
using HyperCore.Core.Devices;
using HyperCore.Core.Emulation;
using HyperCore.Core.Processor;
using Xunit;

namespace HyperCore.Tests.Emulation;

/// <summary>16-bit and 32-bit modes, which the test process cannot run natively, and string I/O.</summary>
public sealed unsafe class EmulatorLegacyModeTests
{
    [Theory]
    [InlineData("8B00", 0x2010u, 0x5566u)] // mov ax,[bx+si]
    [InlineData("8B4702", 0x200Eu, 0x5566u)] // mov ax,[bx+2]
    [InlineData("A11020", 0u, 0x5566u)] // mov ax,[2010h]
    [InlineData("668B07", 0x2010u, 0x7788_5566u)] // mov eax,[bx]
    [InlineData("678B03", 0x2010u, 0x5566u)] // mov ax,[ebx]
    [InlineData("8B47FE", 0x2012u, 0x5566u)] // mov ax,[bx-2]
    public void RealMode_Load_UsesSegmentAndWrapsOffsets(string code, uint bx, uint expected)
    {
        var guest = RealMode();
        guest.Ram.Write32(0x1_0000 + 0x2010, 0x7788_5566);
        guest.Cpu.Registers->Rbx = bx;

        Assert.Equal(EmulationResult.Done, guest.Emulate(code));

        Assert.Equal(expected, guest.Cpu.Registers->Rax);
    }

    [Fact]
    public void RealMode_OffsetBeyond64K_Wraps()
    {
        var guest = RealMode();
        guest.Ram.Write(0x1_0000 + 0x0010, 0x42);
        guest.Cpu.Registers->Rbx = 0xABCD_FFF0;
        guest.Cpu.Registers->Rsi = 0x20;

        guest.Emulate("8A00"); // mov al,[bx+si]

        Assert.Equal(0x42ul, guest.Cpu.Registers->Rax);
    }

    [Theory]
    [InlineData("8B07", 0xFFFFu, (int)ExceptionVector.GeneralProtection)] // mov ax,[bx]
    [InlineData("678B03", 0x1_0000u, (int)ExceptionVector.GeneralProtection)] // mov ax,[ebx]
    [InlineData("368B07", 0xFFFFu, (int)ExceptionVector.Stack)] // mov ax,ss:[bx]
    public void RealMode_OperandBeyondLimit_Faults(string code, uint bx, int vector)
    {
        var guest = RealMode();
        guest.Cpu.Registers->Rbx = bx;

        Assert.Equal(EmulationResult.FaultInjected, guest.Emulate(code));

        Assert.Equal(((ExceptionVector)vector, 0u), Assert.Single(guest.Cpu.Exceptions));
    }

    [Fact]
    public void RealMode_UnrealSegment_ReachesDevices()
    {
        var guest = RealMode();
        guest.Cpu.SetSegment(SegmentRegister.Ds, new Segment(0, 0x93, uint.MaxValue, 0));
        guest.Cpu.Registers->Rbx = (uint)EmulatorGuest.DeviceBase;
        guest.Cpu.Registers->Rax = 0x1234_5678;

        Assert.Equal(EmulationResult.Done, guest.EmulateMmio("67668903", EmulatorGuest.DeviceBase)); // mov [ebx],eax

        Assert.Equal(0x1234_5678u, BitConverter.ToUInt32(guest.Device.Bytes));
    }

    [Fact]
    public void RealMode_PushMemory_UsesTheLow16BitsOfRsp()
    {
        var guest = RealMode();
        guest.Ram.Write(0x1_2000, 0x34, 0x12);
        guest.Cpu.Registers->Rbx = 0x2000;
        guest.Cpu.Registers->Rsp = 0xAAAA_0000;

        Assert.Equal(EmulationResult.Done, guest.Emulate("FF37")); // push word [bx]

        Assert.Equal(0xAAAA_FFFEul, guest.Cpu.Registers->Rsp);
        Assert.Equal(new byte[] { 0x34, 0x12 }, guest.Ram.Read(0x1_FFFE, 2));
    }

    [Fact]
    public void RealMode_MovsWithOverride_CopiesAndWrapsIndexes()
    {
        var guest = RealMode();
        guest.Cpu.SetSegment(SegmentRegister.Fs, new Segment(0x3000, 0x93, 0xFFFF, 0x3_0000));
        guest.Ram.Write(0x3_FFFE, 1, 2);
        guest.Cpu.Registers->Rsi = 0xFFFE;
        guest.Cpu.Registers->Rdi = 0xFFFF_4000;
        guest.Cpu.Registers->Rcx = 0x7_0001;

        Assert.Equal(EmulationResult.Done, guest.Emulate("F364A5")); // rep movsw es:[di],fs:[si]

        Assert.Equal(new byte[] { 1, 2 }, guest.Ram.Read(0x1_4000, 2));
        Assert.Equal((0ul, 0xFFFF_4002ul, 0x7_0000ul), (guest.Cpu.Registers->Rsi, guest.Cpu.Registers->Rdi, guest.Cpu.Registers->Rcx));
    }

    [Theory]
    [InlineData("8B03", 0xC93, EmulationResult.Done)] // read data
    [InlineData("8903", 0xC93, EmulationResult.Done)] // write data
    [InlineData("8903", 0xC91, EmulationResult.FaultInjected)] // write read-only data
    [InlineData("8B03", 0xC9B, EmulationResult.Done)] // read readable code
    [InlineData("8B03", 0xC99, EmulationResult.FaultInjected)] // read execute-only code
    [InlineData("8903", 0xC9B, EmulationResult.FaultInjected)] // write code
    [InlineData("8B03", 0xC13, EmulationResult.FaultInjected)] // not present (a null selector)
    public void ProtectedMode_SegmentRights_AreChecked(string code, int attributes, EmulationResult expected)
    {
        var guest = ProtectedMode();
        guest.Cpu.SetSegment(SegmentRegister.Ds, new Segment(0x18, (ushort)attributes, uint.MaxValue, 0));
        guest.Cpu.Registers->Rbx = 0x8000;

        Assert.Equal(expected, guest.Emulate(code));

        Assert.Equal(expected == EmulationResult.Done ? 0 : 1, guest.Cpu.Exceptions.Count);
    }

    [Theory]
    [InlineData(0x0FFFu, EmulationResult.FaultInjected)]
    [InlineData(0x1000u, EmulationResult.Done)]
    [InlineData(0xFFFF_FFFCu, EmulationResult.Done)]
    [InlineData(0xFFFF_FFFDu, EmulationResult.FaultInjected)]
    public void ProtectedMode_ExpandDownSegment_HoldsWhatIsAboveItsLimit(uint offset, EmulationResult expected)
    {
        var guest = ProtectedMode();
        guest.Cpu.SetSegment(SegmentRegister.Ds, new Segment(0x18, 0xC97, 0xFFF, 0));
        guest.Cpu.Registers->Rbx = offset;

        Assert.Equal(expected, guest.Emulate("8B03"));
    }

    [Fact]
    public void ProtectedMode_SegmentBase_WrapsAt4GiB()
    {
        var guest = ProtectedMode();
        guest.Cpu.SetSegment(SegmentRegister.Ds, new Segment(0x18, 0xC93, uint.MaxValue, 0xFFFF_F000));
        guest.Ram.Write32(0x8000, 0x1357_9BDF);
        guest.Cpu.Registers->Rbx = 0x9000;

        guest.Emulate("8B03");

        Assert.Equal(0x1357_9BDFul, guest.Cpu.Registers->Rax);
    }

    [Fact]
    public void ProtectedMode_IncrementShortForm_IsNotARexPrefix()
    {
        var guest = ProtectedMode();
        guest.Cpu.Registers->Rax = uint.MaxValue;

        Assert.Equal(EmulationResult.Done, guest.Emulate("40")); // inc eax

        Assert.Equal((0ul, 0x1001ul), (guest.Cpu.Registers->Rax, guest.Cpu.Rip));
        Assert.Equal(0x56ul, guest.Cpu.Rflags);
    }

    [Fact]
    public void ProtectedMode_CallNear_PushesFourBytes()
    {
        var guest = ProtectedMode();
        guest.Cpu.Registers->Rsp = 0x8000;

        guest.Emulate("E8FB000000"); // call 1100h

        Assert.Equal((0x1100ul, 0x7FFCul), (guest.Cpu.Rip, guest.Cpu.Registers->Rsp));
        Assert.Equal(0x1005u, guest.Ram.Read32(0x7FFC));
    }

    [Fact]
    public void ProtectedMode_JumpBeyondCsLimit_IsGeneralProtection()
    {
        var guest = ProtectedMode();
        guest.Cpu.SetSegment(SegmentRegister.Cs, new Segment(0x10, 0x49B, 0x1FFF, 0));
        guest.Ram.Write32(0x8000, 0x2000);
        guest.Cpu.Registers->Rbx = 0x8000;

        Assert.Equal(EmulationResult.FaultInjected, guest.Emulate("FF23"));
        Assert.Equal(ExceptionVector.GeneralProtection, Assert.Single(guest.Cpu.Exceptions).Vector);
    }

    [Theory]
    [InlineData("F36C", 1)] // rep insb
    [InlineData("F3666D", 2)] // rep insw
    [InlineData("F36D", 4)] // rep insd
    public void EmulateStringIo_Input_FillsMemory(string code, int size)
    {
        var guest = new EmulatorGuest();
        var port = new CountingPort();
        guest.Devices.AddPorts(0x1F0, 4, port);
        guest.Cpu.Registers->Rdx = 0xFFFF_01F0;
        guest.Cpu.Registers->Rdi = 0x8000;
        guest.Cpu.Registers->Rcx = 3;
        guest.Place(code);

        Assert.Equal(EmulationResult.Done, guest.Emulator.EmulateStringIo(guest.Cpu));

        Assert.Equal((0x8000ul + (ulong)(3 * size), 0ul), (guest.Cpu.Registers->Rdi, guest.Cpu.Registers->Rcx));
        Assert.Equal(3, guest.Ram.Read(0x8000 + (ulong)(2 * size), 1)[0]);
        Assert.Equal((size, 0x1F0), (port.LastSize, port.LastPort));
        Assert.Equal(0x1000ul + (ulong)(code.Length / 2), guest.Cpu.Rip);
    }

    [Fact]
    public void EmulateStringIo_OutputDownwards_ReadsTheOverriddenSegment()
    {
        var guest = RealMode();
        var port = new CountingPort();
        guest.Devices.AddPorts(0xE9, 1, port);
        guest.Cpu.SetSegment(SegmentRegister.Es, new Segment(0x2000, 0x93, 0xFFFF, 0x2_0000));
        guest.Ram.Write(0x2_0000, (byte)'a', (byte)'b');
        guest.Cpu.Registers->Rdx = 0xE9;
        guest.Cpu.Registers->Rsi = 1;
        guest.Cpu.Registers->Rcx = 2;
        guest.Cpu.Rflags |= 0x400;
        guest.Place("F3266E"); // rep outsb es:[si]

        Assert.Equal(EmulationResult.Done, guest.Emulator.EmulateStringIo(guest.Cpu));

        Assert.Equal("ba"u8.ToArray(), port.Written);
        Assert.Equal(0xFFFFul, guest.Cpu.Registers->Rsi);
    }

    [Fact]
    public void EmulateStringIo_InputToUnmappedPage_DoesNotTouchThePort()
    {
        var guest = new EmulatorGuest();
        var port = new CountingPort();
        guest.Devices.AddPorts(0x1F0, 1, port);
        DecodeCacheTests.MapOnePage(guest, linear: 0x1000, guestPhysical: 0x1000);
        guest.Cpu.Registers->Rdx = 0x1F0;
        guest.Cpu.Registers->Rdi = 0x9000;
        guest.Place("6C"); // insb

        Assert.Equal(EmulationResult.FaultInjected, guest.Emulator.EmulateStringIo(guest.Cpu));

        Assert.Equal((ExceptionVector.PageFault, 2u), Assert.Single(guest.Cpu.Exceptions));
        Assert.Equal(0, port.Reads);
    }

    [Fact]
    public void EmulateStringIo_OtherInstruction_IsRefused()
    {
        var guest = new EmulatorGuest();
        guest.Place("EC"); // in al,dx

        Assert.Equal(EmulationResult.Unsupported, guest.Emulator.EmulateStringIo(guest.Cpu));
    }

    private static EmulatorGuest RealMode()
    {
        var guest = new EmulatorGuest();
        guest.Cpu.Efer = 0;
        guest.Cpu.EnterRealMode(0x1000);
        guest.Cpu.Rip = 0x100;
        return guest;
    }

    private static EmulatorGuest ProtectedMode()
    {
        var guest = new EmulatorGuest();
        guest.Cpu.Efer = 0;
        guest.Cpu.EnterProtectedMode();
        return guest;
    }

    private sealed class CountingPort : Device
    {
        public int Reads { get; private set; }

        public List<byte> Written { get; } = [];

        public int LastSize { get; private set; }

        public int LastPort { get; private set; }

        public override string Name => "port";

        public override uint ReadPort(ushort port, int size)
        {
            LastSize = size;
            LastPort = port;
            return (uint)++Reads;
        }

        public override void WritePort(ushort port, int size, uint value) => Written.Add((byte)value);
    }
}
