using System;
using HyperCore.Core.Emulation;
using HyperCore.Core.Exits;
using Xunit;

namespace HyperCore.Tests.Emulation;

/// <summary>Decode assists: the processor hands over the bytes of the instruction that faulted (AMD APM vol. 2, 15.8.4).</summary>
public sealed class FetchedBytesTests
{
    private const ulong DeviceBase = EmulatorGuest.DeviceBase;
    private const string Load = "8B4720"; // mov eax,[rdi+20h]
    private const string LoadOther = "8B4724";

    [Fact]
    public void EmulateMmio_BytesHandedOver_AreUsedInPlaceOfMemory()
    {
        EmulatorGuest guest = Guest();
        guest.Place(LoadOther);

        Assert.Equal(EmulationResult.Done, guest.EmulateMmioFetched(Load, 15, DeviceBase + 0x20));

        Assert.Equal(0x2222_2222u, (uint)EaxOf(guest));
        Assert.Equal(0x1003ul, guest.Cpu.Rip);
    }

    [Fact]
    public void EmulateMmio_BytesHandedOver_NeedNoMemory()
    {
        EmulatorGuest guest = Guest();
        guest.Cpu.Rip = 0xFFFF_8000_0000_0000; // mapped to nothing

        Assert.Equal(EmulationResult.Done, guest.EmulateMmioFetched(Load, 15, DeviceBase + 0x20));

        Assert.Equal(0x2222_2222u, (uint)EaxOf(guest));
    }

    [Fact]
    public void EmulateMmio_SameBytesAgain_DoesNotAskTheDecoder()
    {
        EmulatorGuest guest = Guest();
        for (int i = 0; i < 3; i++)
        {
            guest.Cpu.Rip = 0x1000;
            guest.EmulateMmioFetched(Load, 15, DeviceBase + 0x20);
        }

        Assert.Equal(1ul, guest.Emulator.Decodes);
        guest.Cpu.Rip = 0x1000;
        guest.EmulateMmioFetched(LoadOther, 15, DeviceBase + 0x24);
        Assert.Equal((2ul, 0x4444_4444u), (guest.Emulator.Decodes, (uint)EaxOf(guest)));
    }

    [Theory]
    [InlineData(3)] // just enough
    [InlineData(8)]
    [InlineData(9)]
    [InlineData(14)]
    public void EmulateMmio_FewerBytes_AreEnough(int length)
    {
        EmulatorGuest guest = Guest();

        Assert.Equal(EmulationResult.Done, guest.EmulateMmioFetched(Load, length, DeviceBase + 0x20));

        Assert.Equal(0x2222_2222u, (uint)EaxOf(guest));
    }

    [Fact]
    public void EmulateMmio_TooFewBytes_FetchesTheRest()
    {
        EmulatorGuest guest = Guest();
        guest.Place(Load);

        Assert.Equal(EmulationResult.Done, guest.EmulateMmioFetched("8B47", 2, DeviceBase + 0x20));

        Assert.Equal(0x2222_2222u, (uint)EaxOf(guest));
        Assert.Equal(0x1003ul, guest.Cpu.Rip);
    }

    [Fact]
    public void EmulateMmio_NoneHandedOver_Fetches()
    {
        EmulatorGuest guest = Guest();
        guest.Place(Load);

        Assert.Equal(EmulationResult.Done, guest.EmulateMmioFetched(LoadOther, 0, DeviceBase + 0x20));

        Assert.Equal(0x2222_2222u, (uint)EaxOf(guest));
    }

    [Fact]
    public void EmulateMmio_ProcessorWithoutDecodeAssists_DoesNotBelieveTheLength()
    {
        EmulatorGuest guest = Guest();
        guest.Place(Load);
        guest.Cpu.Fetched[0] = 0xCC;
        guest.Cpu.HandsOverBytes = false;

        Assert.Equal(EmulationResult.Done, guest.Emulator.EmulateMmio(
            guest.Cpu, new() { Reason = ExitReason.MemoryFault, GuestPhysical = DeviceBase + 0x20, FetchedLength = 15 }));

        Assert.Equal(0x2222_2222u, (uint)EaxOf(guest));
    }

    private static EmulatorGuest Guest()
    {
        var guest = new EmulatorGuest();
        unsafe
        {
            guest.Cpu.Registers->Rdi = DeviceBase;
        }

        guest.Device.Bytes.AsSpan(0x20, 4).Fill(0x22);
        guest.Device.Bytes.AsSpan(0x24, 4).Fill(0x44);
        return guest;
    }

    private static unsafe ulong EaxOf(EmulatorGuest guest) => guest.Cpu.Registers->Rax;
}
