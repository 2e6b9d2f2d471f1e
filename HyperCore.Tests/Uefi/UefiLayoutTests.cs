using System;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using HyperCore.Efi.Uefi;
using Xunit;

namespace HyperCore.Tests.Uefi;

/// <summary>Sizes and offsets as the UEFI specification's C structures have them on a 64-bit machine.</summary>
public sealed unsafe class UefiLayoutTests
{
    [Fact]
    public void Structures_HaveTheSpecsSize()
    {
        Assert.Equal(16, sizeof(EFI_GUID));
        Assert.Equal(24, sizeof(EFI_TABLE_HEADER));
        Assert.Equal(120, sizeof(EFI_SYSTEM_TABLE));
        Assert.Equal(376, sizeof(EFI_BOOT_SERVICES));
        Assert.Equal(136, sizeof(EFI_RUNTIME_SERVICES));
        Assert.Equal(24, sizeof(EFI_CONFIGURATION_TABLE));
        Assert.Equal(16, sizeof(EFI_TIME));
        Assert.Equal(40, sizeof(EFI_MEMORY_DESCRIPTOR));
        Assert.Equal(96, sizeof(EFI_LOADED_IMAGE_PROTOCOL));
        Assert.Equal(4, sizeof(EFI_DEVICE_PATH_PROTOCOL));
        Assert.Equal(16, sizeof(EFI_SIMPLE_FILE_SYSTEM_PROTOCOL));
        Assert.Equal(88, sizeof(EFI_FILE_PROTOCOL));
        Assert.Equal(80, sizeof(EFI_FILE_INFO));
        Assert.Equal(80, sizeof(EFI_FIRMWARE_VOLUME2_PROTOCOL));
        Assert.Equal(80, sizeof(EFI_SIMPLE_TEXT_OUTPUT_PROTOCOL));
        Assert.Equal(24, sizeof(EFI_SIMPLE_TEXT_INPUT_PROTOCOL));
        Assert.Equal(4, sizeof(EFI_INPUT_KEY));
        Assert.Equal(32, sizeof(EFI_GRAPHICS_OUTPUT_PROTOCOL));
        Assert.Equal(40, sizeof(EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE));
        Assert.Equal(36, sizeof(EFI_GRAPHICS_OUTPUT_MODE_INFORMATION));
        Assert.Equal(24, sizeof(EFI_MEMORY_ATTRIBUTE_PROTOCOL));
        Assert.Equal(56, sizeof(EFI_TCG2_PROTOCOL));
        Assert.Equal(36, sizeof(EFI_TCG2_BOOT_SERVICE_CAPABILITY));
        Assert.Equal(18, sizeof(EFI_TCG2_EVENT));
    }

    [Theory]
    [InlineData(nameof(EFI_BOOT_SERVICES.AllocatePages), 40)]
    [InlineData(nameof(EFI_BOOT_SERVICES.GetMemoryMap), 56)]
    [InlineData(nameof(EFI_BOOT_SERVICES.HandleProtocol), 152)]
    [InlineData(nameof(EFI_BOOT_SERVICES.ExitBootServices), 232)]
    [InlineData(nameof(EFI_BOOT_SERVICES.Stall), 248)]
    [InlineData(nameof(EFI_BOOT_SERVICES.SetWatchdogTimer), 256)]
    [InlineData(nameof(EFI_BOOT_SERVICES.FreePool), 72)]
    [InlineData(nameof(EFI_BOOT_SERVICES.ConnectController), 264)]
    [InlineData(nameof(EFI_BOOT_SERVICES.LocateHandleBuffer), 312)]
    [InlineData(nameof(EFI_BOOT_SERVICES.LocateProtocol), 320)]
    public void BootServices_Offsets(string member, int offset) => Assert.Equal(offset, (int)Marshal.OffsetOf<EFI_BOOT_SERVICES>(member));

    [Theory]
    [InlineData(nameof(EFI_SYSTEM_TABLE.FirmwareVendor), 24)]
    [InlineData(nameof(EFI_SYSTEM_TABLE.ConIn), 48)]
    [InlineData(nameof(EFI_SYSTEM_TABLE.ConOut), 64)]
    [InlineData(nameof(EFI_SYSTEM_TABLE.RuntimeServices), 88)]
    [InlineData(nameof(EFI_SYSTEM_TABLE.BootServices), 96)]
    [InlineData(nameof(EFI_SYSTEM_TABLE.ConfigurationTable), 112)]
    public void SystemTable_Offsets(string member, int offset) => Assert.Equal(offset, (int)Marshal.OffsetOf<EFI_SYSTEM_TABLE>(member));

    [Theory]
    [InlineData(nameof(EFI_TCG2_BOOT_SERVICE_CAPABILITY.HashAlgorithmBitmap), 8)]
    [InlineData(nameof(EFI_TCG2_BOOT_SERVICE_CAPABILITY.TPMPresentFlag), 16)]
    [InlineData(nameof(EFI_TCG2_BOOT_SERVICE_CAPABILITY.MaxCommandSize), 18)]
    [InlineData(nameof(EFI_TCG2_BOOT_SERVICE_CAPABILITY.ActivePcrBanks), 32)]
    public void Tcg2Capability_Offsets(string member, int offset) => Assert.Equal(offset, (int)Marshal.OffsetOf<EFI_TCG2_BOOT_SERVICE_CAPABILITY>(member));

    [Theory]
    [InlineData(nameof(EFI_FIRMWARE_VOLUME2_PROTOCOL.ReadSection), 24)]
    [InlineData(nameof(EFI_FIRMWARE_VOLUME2_PROTOCOL.GetNextFile), 40)]
    [InlineData(nameof(EFI_FIRMWARE_VOLUME2_PROTOCOL.KeySize), 48)]
    [InlineData(nameof(EFI_FIRMWARE_VOLUME2_PROTOCOL.ParentHandle), 56)]
    public void FirmwareVolume2_Offsets(string member, int offset) => Assert.Equal(offset, (int)Marshal.OffsetOf<EFI_FIRMWARE_VOLUME2_PROTOCOL>(member));

    [Fact]
    public void LoadedImage_Offsets()
    {
        Assert.Equal(24, (int)Marshal.OffsetOf<EFI_LOADED_IMAGE_PROTOCOL>(nameof(EFI_LOADED_IMAGE_PROTOCOL.DeviceHandle)));
        Assert.Equal(32, (int)Marshal.OffsetOf<EFI_LOADED_IMAGE_PROTOCOL>(nameof(EFI_LOADED_IMAGE_PROTOCOL.FilePath)));
        Assert.Equal(64, (int)Marshal.OffsetOf<EFI_LOADED_IMAGE_PROTOCOL>(nameof(EFI_LOADED_IMAGE_PROTOCOL.ImageBase)));
        Assert.Equal(72, (int)Marshal.OffsetOf<EFI_LOADED_IMAGE_PROTOCOL>(nameof(EFI_LOADED_IMAGE_PROTOCOL.ImageSize)));
    }

    [Fact]
    public void Offsets_OfRuntimeServicesAndFiles()
    {
        Assert.Equal(24, (int)Marshal.OffsetOf<EFI_RUNTIME_SERVICES>(nameof(EFI_RUNTIME_SERVICES.GetTime)));
        Assert.Equal(104, (int)Marshal.OffsetOf<EFI_RUNTIME_SERVICES>(nameof(EFI_RUNTIME_SERVICES.ResetSystem)));
        Assert.Equal(32, (int)Marshal.OffsetOf<EFI_FILE_PROTOCOL>(nameof(EFI_FILE_PROTOCOL.Read)));
        Assert.Equal(64, (int)Marshal.OffsetOf<EFI_FILE_PROTOCOL>(nameof(EFI_FILE_PROTOCOL.GetInfo)));
        Assert.Equal(72, (int)Marshal.OffsetOf<EFI_FILE_INFO>(nameof(EFI_FILE_INFO.Attribute)));
        Assert.Equal(24, (int)Marshal.OffsetOf<EFI_MEMORY_DESCRIPTOR>(nameof(EFI_MEMORY_DESCRIPTOR.NumberOfPages)));
        Assert.Equal(24, (int)Marshal.OffsetOf<EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE>(nameof(EFI_GRAPHICS_OUTPUT_PROTOCOL_MODE.FrameBufferBase)));
        Assert.Equal(32, (int)Marshal.OffsetOf<EFI_GRAPHICS_OUTPUT_MODE_INFORMATION>(nameof(EFI_GRAPHICS_OUTPUT_MODE_INFORMATION.PixelsPerScanLine)));
    }

    [Theory]
    [InlineData("5B1B31A1-9562-11D2-8E3F-00A0C969723B")]
    public void Guid_LiesInMemoryAsDotNetsDoes(string text)
    {
        EFI_GUID own = EFI_GUID.EFI_LOADED_IMAGE_PROTOCOL_GUID;
        Assert.Equal(Guid.Parse(text), Unsafe.As<EFI_GUID, Guid>(ref own));
        Assert.True(own.Is(EFI_GUID.EFI_LOADED_IMAGE_PROTOCOL_GUID));
        Assert.False(own.Is(EFI_GUID.EFI_ACPI_20_TABLE_GUID));
    }
}
