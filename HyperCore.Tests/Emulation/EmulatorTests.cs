using System;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Emulation;
using HyperCore.Core.Exits;
using HyperCore.Core.Processor;
using Xunit;

namespace HyperCore.Tests.Emulation;

/// <summary>The emulator in 64-bit mode: device access, faults, stack, traps. What the processor can check is in the differential tests.</summary>
public sealed unsafe class EmulatorTests
{
    private const ulong DeviceBase = EmulatorGuest.DeviceBase;

    [Fact]
    public void EmulateMmio_Load32_ReadsTheDeviceOnce()
    {
        var guest = new EmulatorGuest();
        guest.Device.Bytes[0x20] = 0x78;
        guest.Device.Bytes[0x23] = 0x9A;
        guest.Cpu.Registers->Rax = ulong.MaxValue;
        guest.Cpu.Registers->Rdi = DeviceBase;
        guest.Cpu.InterruptShadow = true;

        Assert.Equal(EmulationResult.Done, guest.EmulateMmio("8B4720", DeviceBase + 0x20)); // mov eax,[rdi+20h]

        Assert.Equal(0x9A00_0078ul, guest.Cpu.Registers->Rax);
        Assert.Equal((1, 0, 4), (guest.Device.Reads, guest.Device.Writes, guest.Device.LastSize));
        Assert.Equal(0x1003ul, guest.Cpu.Rip);
        Assert.False(guest.Cpu.InterruptShadow);
    }

    [Theory]
    [InlineData("8907", 0x1122_3344u)] // mov [rdi],eax
    [InlineData("C70778563412", 0x1234_5678u)] // mov dword [rdi],12345678h
    [InlineData("A30000200000000000", 0x1122_3344u)] // mov [200000h],eax
    [InlineData("890425 00002000", 0x1122_3344u)] // mov [200000h],eax
    public void EmulateMmio_Store32_WritesTheDeviceOnce(string code, uint value)
    {
        var guest = new EmulatorGuest();
        guest.Cpu.Registers->Rax = 0xFFFF_FFFF_1122_3344;
        guest.Cpu.Registers->Rdi = DeviceBase;

        Assert.Equal(EmulationResult.Done, guest.EmulateMmio(code, DeviceBase));

        Assert.Equal(value, BitConverter.ToUInt32(guest.Device.Bytes, 0));
        Assert.Equal((0, 1), (guest.Device.Reads, guest.Device.Writes));
    }

    [Fact]
    public void EmulateMmio_GsBase_IsAdded()
    {
        var guest = new EmulatorGuest();
        guest.Device.Bytes[0x30] = 0x55;
        guest.Cpu.SetSegment(SegmentRegister.Gs, new Segment(0, 0xC93, uint.MaxValue, DeviceBase));

        Assert.Equal(EmulationResult.Done, guest.EmulateMmio("658B042530000000", DeviceBase + 0x30)); // mov eax,gs:[30h]

        Assert.Equal(0x55ul, guest.Cpu.Registers->Rax);
    }

    [Fact]
    public void EmulateMmio_PagedDevice_UsesTheGuestPhysicalAddress()
    {
        var guest = new EmulatorGuest();
        DecodeCacheTests.MapOnePage(guest, linear: 0x1000, guestPhysical: 0x1000);
        guest.Ram.Write64(0x5010, DeviceBase | 3);
        guest.Device.Bytes[8] = 0x77;
        guest.Cpu.Registers->Rdi = 0x2008;

        Assert.Equal(EmulationResult.Done, guest.EmulateMmio("0FB607", DeviceBase + 8)); // movzx eax,byte [rdi]

        Assert.Equal(0x77ul, guest.Cpu.Registers->Rax);
    }

    [Fact]
    public void EmulateMmio_NothingThere_ReadsOnesAndCounts()
    {
        var guest = new EmulatorGuest();
        guest.Cpu.Registers->Rdi = 0x30_0000;

        Assert.Equal(EmulationResult.Done, guest.EmulateMmio("8B07", 0x30_0000));
        Assert.Equal(uint.MaxValue, guest.Cpu.Registers->Rax);
        guest.Cpu.Rip = 0x1000;
        Assert.Equal(EmulationResult.Done, guest.EmulateMmio("8907", 0x30_0000));

        Assert.Equal(2ul, guest.Emulator.UnclaimedAccesses);
    }

    [Fact]
    public void EmulateMmio_DuringEventDelivery_IsRefused()
    {
        var guest = new EmulatorGuest();
        guest.Cpu.InjectInterrupt(0x30);

        Assert.Equal(EmulationResult.Unsupported, guest.EmulateMmio("8B07", DeviceBase));
    }

    [Theory]
    [InlineData("488B07", 0x0000_8000_0000_0000ul, (int)ExceptionVector.GeneralProtection)] // mov rax,[rdi]
    [InlineData("488B07", 0x0000_7FFF_FFFF_FFFCul, (int)ExceptionVector.GeneralProtection)]
    [InlineData("36488B0424", 0x0000_8000_0000_0000ul, (int)ExceptionVector.Stack)] // mov rax,[rsp]
    public void Emulate_NonCanonical_Faults(string code, ulong address, int vector)
    {
        var guest = new EmulatorGuest();
        guest.Cpu.Registers->Rdi = address;
        guest.Cpu.Registers->Rsp = address;

        Assert.Equal(EmulationResult.FaultInjected, guest.Emulate(code));

        Assert.Equal(((ExceptionVector)vector, 0u), Assert.Single(guest.Cpu.Exceptions));
        Assert.Equal(0x1000ul, guest.Cpu.Rip);
    }

    [Theory]
    [InlineData("8907", 2u)] // mov [rdi],eax
    [InlineData("8B07", 0u)] // mov eax,[rdi]
    [InlineData("0107", 2u)] // add [rdi],eax: checked as a write before it is read
    public void Emulate_PageNotPresent_IsPageFault(string code, uint errorCode)
    {
        var guest = new EmulatorGuest();
        DecodeCacheTests.MapOnePage(guest, linear: 0x1000, guestPhysical: 0x1000);
        guest.Cpu.Registers->Rdi = 0x1FFE;

        Assert.Equal(EmulationResult.FaultInjected, guest.Emulate(code));

        Assert.Equal((ExceptionVector.PageFault, errorCode), Assert.Single(guest.Cpu.Exceptions));
        Assert.Equal(0x2000ul, guest.Cpu.Cr2);
    }

    [Fact]
    public void Emulate_UserAccessToSupervisorPage_IsPageFault()
    {
        var guest = new EmulatorGuest();
        DecodeCacheTests.MapOnePage(guest, linear: 0x1000, guestPhysical: 0x1000);
        foreach (ulong table in new ulong[] { 0x2000, 0x3000, 0x4000, 0x5008 })
        {
            guest.Ram.Write64(table, guest.Ram.Read64(table) | 4);
        }

        guest.Ram.Write64(0x5010, 0x8003);
        guest.Cpu.CplValue = 3;
        guest.Cpu.Registers->Rdi = 0x2010;

        Assert.Equal(EmulationResult.FaultInjected, guest.Emulate("8907"));

        Assert.Equal((ExceptionVector.PageFault, 7u), Assert.Single(guest.Cpu.Exceptions));
        Assert.Equal(0x2010ul, guest.Cpu.Cr2);
    }

    [Fact]
    public void Emulate_RepMovs_FaultsMidwayWithProgressKept()
    {
        var guest = new EmulatorGuest();
        DecodeCacheTests.MapOnePage(guest, linear: 0x1000, guestPhysical: 0x1000);
        guest.Cpu.Registers->Rsi = 0x1800;
        guest.Cpu.Registers->Rdi = 0x1FF8;
        guest.Cpu.Registers->Rcx = 10;

        Assert.Equal(EmulationResult.FaultInjected, guest.Emulate("F3A5")); // rep movsd

        Assert.Equal((0x1808ul, 0x2000ul, 8ul), (guest.Cpu.Registers->Rsi, guest.Cpu.Registers->Rdi, guest.Cpu.Registers->Rcx));
        Assert.Equal((0x1000ul, 0x2000ul), (guest.Cpu.Rip, guest.Cpu.Cr2));
        Assert.Equal((ExceptionVector.PageFault, 2u), Assert.Single(guest.Cpu.Exceptions));
    }

    [Fact]
    public void Emulate_LongRepStos_ComesInParts()
    {
        var guest = new EmulatorGuest();
        guest.Cpu.Registers->Rdi = 0x2_0000;
        guest.Cpu.Registers->Rcx = 5000;
        guest.Cpu.Registers->Rax = 0xAB;

        Assert.Equal(EmulationResult.Done, guest.Emulate("F3AA"));
        Assert.Equal((0x1000ul, 904ul), (guest.Cpu.Rip, guest.Cpu.Registers->Rcx));
        Assert.Equal(EmulationResult.Done, guest.Emulator.Emulate(guest.Cpu));
        Assert.Equal((0x1002ul, 0ul), (guest.Cpu.Rip, guest.Cpu.Registers->Rcx));
        Assert.Equal(0xAB, guest.Ram.Read(0x2_0000 + 4999, 2)[0]);
        Assert.Equal(0, guest.Ram.Read(0x2_0000 + 4999, 2)[1]);
    }

    // A processor that reports the access as a fault saves RF set (Intel SDM vol. 3C, 28.3.3).
    [Theory]
    [InlineData("8B07")] // mov eax,[rdi]
    [InlineData("8907")] // mov [rdi],eax
    [InlineData("0FB607")] // movzx eax,byte [rdi]
    public void EmulateMmio_ResumeFlag_EndsWithTheInstruction(string code)
    {
        var guest = new EmulatorGuest();
        guest.Cpu.Registers->Rdi = DeviceBase;
        guest.Cpu.Rflags = 0x1_0002;

        Assert.Equal(EmulationResult.Done, guest.EmulateMmio(code, DeviceBase));

        Assert.Equal(2ul, guest.Cpu.Rflags);
    }

    [Fact]
    public void Emulate_TrapFlag_RaisesDebugAfterTheInstruction()
    {
        var guest = new EmulatorGuest();
        guest.Cpu.Rflags = 0x1_0102;
        guest.Cpu.Registers->Rdi = DeviceBase;

        Assert.Equal(EmulationResult.Done, guest.EmulateMmio("8B07", DeviceBase));

        Assert.Equal(ExceptionVector.Debug, Assert.Single(guest.Cpu.Exceptions).Vector);
        Assert.Equal(0x4000ul, guest.Cpu.Dr6 & 0x4000);
        Assert.Equal((0x1002ul, 0x102ul), (guest.Cpu.Rip, guest.Cpu.Rflags));
    }

    [Fact]
    public void Emulate_TrapFlag_StopsRepAfterEachIteration()
    {
        var guest = new EmulatorGuest();
        guest.Cpu.Rflags = 0x102;
        guest.Cpu.Registers->Rdi = 0x8000;
        guest.Cpu.Registers->Rcx = 2;

        guest.Emulate("F3AA");

        Assert.Equal((0x1000ul, 1ul), (guest.Cpu.Rip, guest.Cpu.Registers->Rcx));
        Assert.Equal(ExceptionVector.Debug, Assert.Single(guest.Cpu.Exceptions).Vector);
    }

    [Fact]
    public void Emulate_RipRelative_CountsFromTheNextInstruction()
    {
        var guest = new EmulatorGuest();
        guest.Ram.Write32(0x1000 + 10 + 0x100, 0xCAFE_F00D);

        guest.Emulate("81 05 00010000 01000000"); // add dword [rip+100h],1

        Assert.Equal(0xCAFE_F00Eu, guest.Ram.Read32(0x110A));
    }

    [Fact]
    public void Emulate_CallAndJumpThroughDevice_ReachTheirTargets()
    {
        var guest = new EmulatorGuest();
        BitConverter.TryWriteBytes(guest.Device.Bytes, 0x1234_5678ul);
        guest.Cpu.Registers->Rdi = DeviceBase;
        guest.Cpu.Registers->Rsp = 0x8000;

        Assert.Equal(EmulationResult.Done, guest.Emulate("FF17")); // call [rdi]

        Assert.Equal((0x1234_5678ul, 0x7FF8ul), (guest.Cpu.Rip, guest.Cpu.Registers->Rsp));
        Assert.Equal(0x1002ul, guest.Ram.Read64(0x7FF8));

        guest.Cpu.Rip = 0x1000;
        Assert.Equal(EmulationResult.Done, guest.Emulate("FF27")); // jmp [rdi]
        Assert.Equal(0x1234_5678ul, guest.Cpu.Rip);
    }

    [Fact]
    public void Emulate_JumpToNonCanonical_IsGeneralProtection()
    {
        var guest = new EmulatorGuest();
        BitConverter.TryWriteBytes(guest.Device.Bytes, 0x8000_0000_0000_0000ul);
        guest.Cpu.Registers->Rdi = DeviceBase;

        Assert.Equal(EmulationResult.FaultInjected, guest.Emulate("FF27"));

        Assert.Equal(ExceptionVector.GeneralProtection, Assert.Single(guest.Cpu.Exceptions).Vector);
        Assert.Equal(0x1000ul, guest.Cpu.Rip);
    }

    [Fact]
    public void Emulate_ReturnWithRelease_DropsArguments()
    {
        var guest = new EmulatorGuest();
        guest.Ram.Write64(0x8000, 0x4321);
        guest.Cpu.Registers->Rsp = 0x8000;

        guest.Emulate("C21000"); // ret 16

        Assert.Equal((0x4321ul, 0x8018ul), (guest.Cpu.Rip, guest.Cpu.Registers->Rsp));
    }

    [Fact]
    public void Emulate_UnknownInstruction_NamesItAndChangesNothing()
    {
        var guest = new EmulatorGuest();
        guest.Cpu.Registers->Rdi = DeviceBase;

        Assert.Equal(EmulationResult.Unsupported, guest.EmulateMmio("0F2807", DeviceBase)); // movaps xmm0,[rdi]

        var exit = new VmExit { Reason = ExitReason.MemoryFault, GuestPhysical = DeviceBase };
        var text = new TextBuilder(stackalloc char[200]);
        guest.Emulator.DescribeUnsupported(guest.Cpu, exit, ref text);
        Assert.Equal("cannot emulate MOVAPS (0F2807) at guest address 0x200000", text.Text.ToString(), ignoreCase: true);
        Assert.Equal((0x1000ul, 0), (guest.Cpu.Rip, guest.Device.Reads));
    }

    [Fact]
    public void Emulate_MoveToControlRegister_IsUnsupported()
    {
        var guest = new EmulatorGuest();

        Assert.Equal(EmulationResult.Unsupported, guest.Emulate("0F22C0"));
        Assert.Equal(EmulationResult.Unsupported, guest.Emulate("8ED8"));
    }
}
