using System;
using System.Collections.Generic;
using System.Linq;
using HyperCore.Core.Devices;
using HyperCore.Core.Virtio;
using Xunit;

namespace HyperCore.Tests.Virtio;

/// <summary>The PCI function around a virtio device: virtio 1.2, 4.1.</summary>
public sealed class VirtioPciTests
{
    private const ulong All = ulong.MaxValue;
    private const ulong Version1 = 1ul << 32;

    private readonly VirtioMachine _machine = new(machine => new CountingDevice(machine));

    private CountingDevice Device => (CountingDevice)_machine.Device;

    // 4.1.2.1
    [Fact]
    public void Config_Header_IsThatOfAModernDevice()
    {
        Assert.Equal(0x1AF4u, _machine.ReadConfig(0, 2));
        Assert.Equal(0x1040u + CountingDevice.DeviceId, _machine.ReadConfig(2, 2));
        Assert.Equal(1u, _machine.ReadConfig(8, 1));
        Assert.Equal(0x01_8000u, _machine.ReadConfig(8, 4) >> 8);
        Assert.Equal(0x1AF4u, _machine.ReadConfig(0x2C, 2));
        Assert.True(_machine.ReadConfig(0x2E, 2) >= 0x40);
        Assert.Equal(1u, _machine.ReadConfig(0x3D, 1));
    }

    // 4.1.4 to 4.1.4.9
    [Fact]
    public void Config_Capabilities_DescribeEveryStructure()
    {
        List<int> all = _machine.Capabilities(PciCapability.VendorSpecific);
        Assert.Equal([1u, 3u, 4u, 2u, 5u], all.Select(offset => _machine.ReadConfig(offset + 3, 1)));
        foreach (int offset in all)
        {
            uint type = _machine.ReadConfig(offset + 3, 1);
            Assert.Equal(type is 2 or 5 ? 20u : 16u, _machine.ReadConfig(offset + 2, 1));
            Assert.InRange(_machine.ReadConfig(offset + 4, 1), 0u, 5u);
            Assert.Equal(0u, _machine.ReadConfig(offset + 8, 4) & 3);
        }

        Assert.Equal(56u, _machine.ReadConfig(all[0] + 12, 4));
        Assert.True(_machine.ReadConfig(all[1] + 12, 4) >= 1);
        Assert.Equal((uint)CountingDevice.ConfigBytes, _machine.ReadConfig(all[2] + 12, 4));

        // 4.1.4.4.1: length covers every queue.
        uint multiplier = _machine.ReadConfig(all[3] + 16, 4);
        Assert.True(_machine.ReadConfig(all[3] + 12, 4) >= ((CountingDevice.Queues - 1) * multiplier) + 2);
        Assert.Equal(0u, _machine.ReadConfig(all[3] + 8, 4) & 0xFFF);
    }

    // 4.1.5.1.2.1
    [Fact]
    public void Config_Msix_HasOneVectorForEachQueueAndOneMore()
    {
        int capability = Assert.Single(_machine.Capabilities(PciCapability.MsiX));
        Assert.Equal((uint)CountingDevice.Queues, _machine.ReadConfig(capability + 2, 2));
        _machine.WriteConfig(capability + 2, 2, 0xFFFF);
        Assert.Equal(0xC000u | CountingDevice.Queues, _machine.ReadConfig(capability + 2, 2));
        _machine.WriteConfig(capability + 4, 4, 0xFFFF_FFFF);
        Assert.Equal(1u, _machine.ReadConfig(capability + 4, 4));
        Assert.Equal(0x801u, _machine.ReadConfig(capability + 8, 4));
    }

    // 2.1, 3.1.1
    [Fact]
    public void Status_Initialization_GoesStepByStep()
    {
        Assert.Equal(DeviceStatus.None, _machine.Status);
        _machine.Status = DeviceStatus.Acknowledge;
        _machine.Status = DeviceStatus.Acknowledge | DeviceStatus.Driver;
        _machine.Accept(Version1);
        _machine.Status = DeviceStatus.Driver | DeviceStatus.FeaturesOk;
        Assert.Equal(DeviceStatus.Acknowledge | DeviceStatus.Driver | DeviceStatus.FeaturesOk, _machine.Status);
        _machine.Accept(0);
        _machine.SetCommon(8, 4, 1);
        Assert.Equal(1u, _machine.Common(12, 4));
        _machine.Status |= DeviceStatus.DriverOk;
        Assert.True(Device.Negotiation.IsRunning);
        _machine.Status = DeviceStatus.None;
        Assert.Equal(DeviceStatus.None, _machine.Status);
        Assert.Equal(0ul, Device.Negotiation.Accepted);
    }

    // 2.2.2, 6.1, 6.2
    [Theory]
    [InlineData(0ul)]
    [InlineData(1ul << 28)]
    [InlineData(Version1 | (1ul << 38))]
    [InlineData(Version1 | 1ul)]
    public void Status_FeaturesThatCannotBe_AreRefused(ulong features)
    {
        _machine.Status = DeviceStatus.Acknowledge | DeviceStatus.Driver;
        _machine.Accept(features);
        _machine.Status |= DeviceStatus.FeaturesOk;
        Assert.Equal(DeviceStatus.Acknowledge | DeviceStatus.Driver, _machine.Status);
        _machine.Status |= DeviceStatus.DriverOk;
        Assert.Equal(DeviceStatus.Acknowledge | DeviceStatus.Driver, _machine.Status);
    }

    // 4.1.4.3.1
    [Fact]
    public void Features_BeyondSixtyFour_AreZero()
    {
        Assert.Equal(Version1 | (1ul << 28) | (1ul << 29) | (1ul << 34) | CountingDevice.OwnFeature, _machine.OfferedFeatures());
        _machine.SetCommon(0, 4, 2);
        Assert.Equal(0u, _machine.Common(4, 4));
        _machine.SetCommon(0, 4, 0xFFFF_FFFF);
        Assert.Equal(0u, _machine.Common(4, 4));
        _machine.SetCommon(8, 4, 2);
        _machine.SetCommon(12, 4, 1);
        Assert.Equal(0u, _machine.Common(12, 4));
    }

    // 4.1.4.3.1: queue_size is 0 for a queue that does not exist; after reset it is the maximum, and nothing is enabled.
    [Fact]
    public void QueueRegisters_AfterReset_AreInTheirFirstState()
    {
        _machine.Start(All);
        _machine.Status = DeviceStatus.None;
        Assert.Equal((uint)CountingDevice.Queues, _machine.Common(18, 2));
        for (uint i = 0; i < CountingDevice.Queues; i++)
        {
            _machine.SetCommon(22, 2, i);
            Assert.Equal(i, _machine.Common(22, 2));
            Assert.Equal((uint)CountingDevice.QueueSize, _machine.Common(24, 2));
            Assert.Equal(0xFFFFu, _machine.Common(26, 2));
            Assert.Equal(0u, _machine.Common(28, 2));
            Assert.Equal(i, _machine.Common(30, 2));
            Assert.Equal(0ul, _machine.Common(32, 4) | _machine.Common(36, 4) | _machine.Common(40, 4) | _machine.Common(48, 4));
        }

        _machine.SetCommon(22, 2, CountingDevice.Queues);
        Assert.Equal(0u, _machine.Common(24, 2));
        _machine.SetCommon(28, 2, 1);
        Assert.Equal(0u, _machine.Common(28, 2));
        Assert.Equal(0xFFFFu, _machine.Common(16, 2));
    }

    [Fact]
    public void QueueVector_ThatDoesNotExist_ReadsAsNone()
    {
        _machine.SetCommon(26, 2, CountingDevice.Queues);
        Assert.Equal((uint)CountingDevice.Queues, _machine.Common(26, 2));
        _machine.SetCommon(26, 2, CountingDevice.Queues + 1);
        Assert.Equal(0xFFFFu, _machine.Common(26, 2));
        _machine.SetCommon(16, 2, 0x7FF);
        Assert.Equal(0xFFFFu, _machine.Common(16, 2));
    }

    [Fact]
    public void QueueRegisters_OfAnEnabledQueue_DoNotChange()
    {
        _machine.Start(All, size: 8);
        _machine.SetCommon(22, 2, 0);
        ulong area = _machine.Common(32, 4);
        _machine.SetCommon(24, 2, 4);
        _machine.SetCommon(32, 4, 0x5000);
        _machine.SetCommon(28, 2, 0);
        Assert.Equal(8u, _machine.Common(24, 2));
        Assert.Equal(area, _machine.Common(32, 4));
        Assert.Equal(1u, _machine.Common(28, 2));
    }

    // 2.1.2: nothing is used before DRIVER_OK; what was offered before is found then.
    [Fact]
    public void Notify_BeforeDriverOk_IsRememberedByTheRing()
    {
        _machine.Start(All);
        _machine.Status = DeviceStatus.None;
        Device.Served = 0;
        _machine.Notify(0);
        Assert.Equal(0, Device.Served);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Buffer_IsUsedAndInterrupts(bool packed)
    {
        _machine.Start(packed ? All : ~(1ul << 34));
        _machine.Offer(1, 7, new Piece(VirtioMachine.BufferArea, 8, true));
        Assert.Equal(VirtioMachine.FirstVector + 2, _machine.TakeInterrupt());
        Assert.True(_machine.Rings[1].TryCollect(out Returned returned));
        Assert.Equal(new Returned(7, 4), returned);
        Assert.Equal(-1, _machine.TakeInterrupt());
        Assert.Equal(0, _machine.ReadIsr());
    }

    // 4.1.4.5.1, PCI 3.0 6.2.4
    [Fact]
    public void WithoutMsix_ThePinIsAssertedUntilIsrIsRead()
    {
        int pin = PciHostBridge.GlobalInterrupt(3, 0);
        _machine.IoApic.WriteMmio(0, 4, (uint)(0x10 + (2 * pin)));
        _machine.IoApic.WriteMmio(0x10, 4, 0x8000 | 0x60);
        _machine.Start(All, msix: false);
        _machine.Offer(0, 1, new Piece(VirtioMachine.BufferArea, 8, true));
        Assert.Equal(8u, _machine.ReadConfig(6, 2) & 8);
        Assert.Equal(0x60, _machine.TakeInterrupt());
        Assert.Equal(0x60, _machine.TakeInterrupt()); // level: nobody has served it
        Assert.Equal(1, _machine.ReadIsr());
        Assert.Equal(0, _machine.ReadIsr());
        Assert.Equal(0u, _machine.ReadConfig(6, 2) & 8);
        _machine.TakeInterrupt();
        Assert.Equal(-1, _machine.TakeInterrupt());
    }

    [Fact]
    public void Msix_MaskedVector_IsPendingUntilUnmasked()
    {
        _machine.Start(All);
        ulong entry = _machine.MsixTable() + 16;
        _machine.WriteMemory(entry + 12, 4, 1);
        _machine.Offer(0, 1, new Piece(VirtioMachine.BufferArea, 8, true));
        Assert.Equal(-1, _machine.TakeInterrupt());
        Assert.Equal(2ul, _machine.ReadMemory(_machine.MsixTable() + 0x800, 8));
        _machine.WriteMemory(entry + 12, 4, 0);
        Assert.Equal(VirtioMachine.FirstVector + 1, _machine.TakeInterrupt());
        Assert.Equal(0ul, _machine.ReadMemory(_machine.MsixTable() + 0x800, 8));
    }

    [Fact]
    public void Msix_FunctionMask_HoldsEverythingBack()
    {
        _machine.Start(All);
        int capability = Assert.Single(_machine.Capabilities(PciCapability.MsiX));
        _machine.WriteConfig(capability + 2, 2, 0xC000);
        _machine.Offer(0, 1, new Piece(VirtioMachine.BufferArea, 8, true));
        Assert.Equal(-1, _machine.TakeInterrupt());
        _machine.WriteConfig(capability + 2, 2, 0x8000);
        Assert.Equal(VirtioMachine.FirstVector + 1, _machine.TakeInterrupt());
    }

    [Fact]
    public void BusMaster_Off_NothingIsTakenUntilItIsOn()
    {
        _machine.Start(All);
        _machine.WriteConfig(4, 2, 2);
        Device.Served = 0;
        _machine.Rings[0].Offer(1, [new Piece(VirtioMachine.BufferArea, 8, true)]);
        _machine.Notify(0);
        Assert.Equal(0, Device.Served);
        _machine.WriteConfig(4, 2, 6);
        Assert.True(_machine.Rings[0].TryCollect(out _));
    }

    // 4.1.4.9
    [Fact]
    public void ConfigWindow_ReachesEveryStructure()
    {
        int window = _machine.Capabilities(PciCapability.VendorSpecific).Single(offset => _machine.ReadConfig(offset + 3, 1) == 5);
        uint Read(uint offset, uint length)
        {
            _machine.WriteConfig(window + 4, 1, 0);
            _machine.WriteConfig(window + 8, 4, offset);
            _machine.WriteConfig(window + 12, 4, length);
            return _machine.ReadConfig(window + 16, (int)length);
        }

        void Write(uint offset, uint length, uint value)
        {
            _machine.WriteConfig(window + 8, 4, offset);
            _machine.WriteConfig(window + 12, 4, length);
            _machine.WriteConfig(window + 16, (int)length, value);
        }

        Assert.Equal((uint)CountingDevice.Queues, Read(18, 2));
        Write(20, 1, 1);
        Assert.Equal(DeviceStatus.Acknowledge, _machine.Status);
        Assert.Equal(1u, Read(20, 1));
        Write(20, 1, 0);
        Assert.Equal(DeviceStatus.None, _machine.Status);

        // Not aligned, not a length, not a BAR, outside: nothing happens.
        Write(19, 2, 0xFF);
        Write(20, 3, 0xFF);
        Write(0x4000, 4, 0xFF);
        _machine.WriteConfig(window + 4, 1, 1);
        Write(20, 1, 0xFF);
        Assert.Equal(DeviceStatus.None, _machine.Status);
    }

    // 2.1.2
    [Fact]
    public void BrokenRing_NeedsResetAndSaysSo()
    {
        _machine.Start(All & ~(1ul << 34));
        _machine.Memory.Write(_machine.Rings[0].DriverArea + 2, 0xFF, 0x7F);
        _machine.Notify(0);
        Assert.Equal(VirtioMachine.FirstVector, _machine.TakeInterrupt());
        Assert.True((_machine.Status & DeviceStatus.NeedsReset) != 0);
        Device.Served = 0;
        _machine.Offer(1, 1, new Piece(VirtioMachine.BufferArea, 8, true));
        _machine.Notify(1);
        Assert.Equal(0, Device.Served);

        _machine.Start(All);
        Assert.True((_machine.Status & DeviceStatus.NeedsReset) == 0);
        _machine.Offer(1, 1, new Piece(VirtioMachine.BufferArea, 8, true));
        Assert.True(_machine.Rings[1].TryCollect(out _));
    }

    [Theory]
    [InlineData(7u, 0x1_0000ul, 0x1_1000ul, 0x1_2000ul)] // not a power of two
    [InlineData(0u, 0x1_0000ul, 0x1_1000ul, 0x1_2000ul)]
    [InlineData(64u, 0x1_0000ul, 0x1_1000ul, 0x1_2000ul)] // larger than offered
    [InlineData(8u, 0x1_0008ul, 0x1_1000ul, 0x1_2000ul)] // not aligned
    [InlineData(8u, 0x1_0000ul, 0x1_1001ul, 0x1_2000ul)]
    [InlineData(8u, 0x1_0000ul, 0x1_1000ul, 0x1_2002ul)]
    [InlineData(8u, 0x40_0000ul, 0x1_1000ul, 0x1_2000ul)] // not RAM
    [InlineData(8u, 0x3F_FFF0ul, 0x1_1000ul, 0x1_2000ul)]
    [InlineData(8u, 0x1_0000ul, ulong.MaxValue - 1, 0x1_2000ul)]
    [InlineData(8u, 0x1_0000ul, 0x1_1000ul, 0xFFFF_FFFF_FFFF_FFF0ul)]
    public void QueueThatCannotBe_NeedsReset(uint size, ulong descriptors, ulong driver, ulong device)
    {
        _machine.Status = DeviceStatus.Acknowledge | DeviceStatus.Driver;
        _machine.Accept(Version1);
        _machine.Status |= DeviceStatus.FeaturesOk;
        _machine.SetCommon(22, 2, 0);
        _machine.SetCommon(24, 2, size);
        uint at = 32;
        foreach (ulong area in new[] { descriptors, driver, device })
        {
            _machine.SetCommon(at, 4, (uint)area);
            _machine.SetCommon(at + 4, 4, (uint)(area >> 32));
            at += 8;
        }

        _machine.SetCommon(28, 2, 1);
        Assert.Equal(0u, _machine.Common(28, 2));
        Assert.True((_machine.Status & DeviceStatus.NeedsReset) != 0);
    }

    [Fact]
    public void PowerOn_ForgetsEverything()
    {
        _machine.Start(All, msix: false);
        _machine.Offer(0, 1, new Piece(VirtioMachine.BufferArea, 8, true));
        _machine.PowerOn();
        Assert.Equal(DeviceStatus.None, _machine.Status);
        Assert.Equal(0, _machine.ReadIsr());
        Assert.Equal(0u, _machine.ReadConfig(6, 2) & 8);
        Assert.Equal(0u, _machine.ReadConfig(4, 2) & 4);
    }

    // 4.1.4.6: device configuration, any size.
    [Fact]
    public void DeviceConfig_ReadsInAllSizes()
    {
        Assert.Equal(0x0403_0201u, _machine.DeviceConfig(0, 4));
        Assert.Equal(0x0504u, _machine.DeviceConfig(3, 2));
        Assert.Equal(6u, _machine.DeviceConfig(5, 1));
        Assert.Equal(0u, _machine.DeviceConfig(100, 4));
    }

    [Fact]
    public void RandomAccesses_NeverThrow()
    {
        var random = new Random(7);
        int[] sizes = [1, 2, 4, 8];
        for (int i = 0; i < 200_000; i++)
        {
            if (i % 1000 == 0)
            {
                _machine.PowerOn();
                _machine.WriteConfig(4, 2, 6);
            }

            int size = sizes[random.Next(4)];
            ulong value = random.Next(3) == 0 ? (ulong)random.NextInt64() : (ulong)random.Next(64);
            if (random.Next(8) == 0)
            {
                _machine.WriteConfig(0x40 + random.Next(0xC0), Math.Min(size, 4), (uint)value);
                _machine.ReadConfig(random.Next(0x100), Math.Min(size, 4));
                continue;
            }

            Device? device = _machine.Transport.GetBar(random.Next(2))?.Device;
            ulong offset = ((uint)random.Next(4) * 0x1000u) + (uint)random.Next(64);
            device!.WriteMmio(offset, size, value);
            device.ReadMmio(offset, size);
        }
    }
}
