using HyperCore.Core.Emulation;
using HyperCore.Core.Processor;
using Xunit;

namespace HyperCore.Tests.Emulation;

public sealed class DecodeCacheTests
{
    [Theory]
    [InlineData("0FA2", 2)]
    [InlineData("660FA2", 3)]
    [InlineData("2E2E480FA2", 5)]
    [InlineData("0F32", 2)]
    [InlineData("0F01F9", 3)]
    [InlineData("48B88877665544332211", 10)]
    [InlineData("666666666666666666666666660FA2", 15)]
    public void InstructionLength_64BitMode_CountsPrefixes(string code, int length)
    {
        var guest = new EmulatorGuest();
        guest.Place(code);

        Assert.Equal(length, guest.Emulator.InstructionLength(guest.Cpu));
    }

    [Fact]
    public void InstructionLength_SameBytesAgain_DoesNotAskTheDecoder()
    {
        var guest = new EmulatorGuest();
        guest.Place("0FA2");

        Assert.Equal(2, guest.Emulator.InstructionLength(guest.Cpu));
        Assert.Equal(2, guest.Emulator.InstructionLength(guest.Cpu));

        Assert.Equal(1ul, guest.Emulator.Decodes);
    }

    [Fact]
    public void InstructionLength_PrefixAdded_AsksTheDecoder()
    {
        var guest = new EmulatorGuest();
        guest.Place("0FA2");
        guest.Emulator.InstructionLength(guest.Cpu);
        guest.Place("660FA2");

        Assert.Equal(3, guest.Emulator.InstructionLength(guest.Cpu));
        Assert.Equal(2ul, guest.Emulator.Decodes);
    }

    [Fact]
    public void InstructionLength_ModeChanged_AsksTheDecoder()
    {
        var guest = new EmulatorGuest();
        guest.Place("B8 11 22 33 44");
        Assert.Equal(5, guest.Emulator.InstructionLength(guest.Cpu));

        guest.Cpu.EnterRealMode(0);

        Assert.Equal(3, guest.Emulator.InstructionLength(guest.Cpu));
    }

    [Fact]
    public void InstructionLength_TooLong_IsGeneralProtection()
    {
        var guest = new EmulatorGuest();
        guest.Place("6666666666666666666666666666660FA2");

        Assert.Equal(0, guest.Emulator.InstructionLength(guest.Cpu));
        Assert.Equal((ExceptionVector.GeneralProtection, 0u), Assert.Single(guest.Cpu.Exceptions));
    }

    [Fact]
    public void InstructionLength_NoInstruction_IsInvalidOpcode()
    {
        var guest = new EmulatorGuest();
        guest.Place("0F0B06");
        guest.Cpu.Rip += 2;

        Assert.Equal(0, guest.Emulator.InstructionLength(guest.Cpu));
        Assert.Equal(ExceptionVector.InvalidOpcode, Assert.Single(guest.Cpu.Exceptions).Vector);
    }

    [Fact]
    public void InstructionLength_NonCanonicalRip_IsGeneralProtection()
    {
        var guest = new EmulatorGuest();
        guest.Cpu.Rip = 0x0000_8000_0000_0000;

        Assert.Equal(0, guest.Emulator.InstructionLength(guest.Cpu));
        Assert.Equal(ExceptionVector.GeneralProtection, Assert.Single(guest.Cpu.Exceptions).Vector);
    }

    [Fact]
    public void InstructionLength_RipBeyondCsLimit_IsGeneralProtection()
    {
        var guest = new EmulatorGuest();
        guest.Cpu.EnterRealMode(0);
        guest.Cpu.Rip = 0xFFFF;
        guest.Place("0FA2");

        Assert.Equal(0, guest.Emulator.InstructionLength(guest.Cpu));
        Assert.Equal(ExceptionVector.GeneralProtection, Assert.Single(guest.Cpu.Exceptions).Vector);
    }

    [Fact]
    public void InstructionLength_NextPageNotMapped_FaultsOnlyWhenNeeded()
    {
        var guest = new EmulatorGuest();
        MapOnePage(guest, linear: 0x40_0000, guestPhysical: 0x8000);
        guest.Cpu.Rip = 0x40_0FFE;
        guest.Ram.Write(0x8FFE, 0x0F, 0xA2);
        Assert.Equal(2, guest.Emulator.InstructionLength(guest.Cpu));

        guest.Ram.Write(0x8FFE, 0x66, 0x0F);

        Assert.Equal(0, guest.Emulator.InstructionLength(guest.Cpu));
        Assert.Equal((ExceptionVector.PageFault, 0x10u), Assert.Single(guest.Cpu.Exceptions));
        Assert.Equal(0x40_1000ul, guest.Cpu.Cr2);
    }

    [Fact]
    public void InstructionLength_AcrossPages_ReadsBoth()
    {
        var guest = new EmulatorGuest();
        MapOnePage(guest, linear: 0x40_0000, guestPhysical: 0x8000);
        guest.Ram.Write64(0x5008, 0x6003);
        guest.Cpu.Rip = 0x40_0FFE;
        guest.Ram.Write(0x8FFE, 0x66, 0x0F);
        guest.Ram.Write(0x6000, 0xA2);
        Assert.Equal(3, guest.Emulator.InstructionLength(guest.Cpu));

        guest.Ram.Write(0x6000, 0x0B);

        Assert.Equal(3, guest.Emulator.InstructionLength(guest.Cpu));
        Assert.Equal(Iced.Intel.Mnemonic.Ud2, guest.Emulator.Instruction.Mnemonic);
    }

    [Fact]
    public void Decode_RipOutsideRam_InjectsNothing()
    {
        var guest = new EmulatorGuest();
        guest.Cpu.Rip = EmulatorGuest.DeviceBase;

        Assert.Equal(FetchResult.NotMemory, guest.Emulator.Decode(guest.Cpu));
        Assert.Empty(guest.Cpu.Exceptions);
    }

    /// <summary>4-level tables at 0x2000 to 0x5FFF with one page in them.</summary>
    internal static void MapOnePage(EmulatorGuest guest, ulong linear, ulong guestPhysical)
    {
        guest.Ram.Write64(0x2000 + (((linear >> 39) & 0x1FF) * 8), 0x3003);
        guest.Ram.Write64(0x3000 + (((linear >> 30) & 0x1FF) * 8), 0x4003);
        guest.Ram.Write64(0x4000 + (((linear >> 21) & 0x1FF) * 8), 0x5003);
        guest.Ram.Write64(0x5000 + (((linear >> 12) & 0x1FF) * 8), guestPhysical | 3);
        guest.Cpu.EnterLongMode(cr3: 0x2000, paging: true);
        guest.Cpu.Efer |= 0x800;
    }
}
