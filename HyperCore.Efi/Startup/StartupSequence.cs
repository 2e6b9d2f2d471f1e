using System;
using System.Runtime;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Memory;
using HyperCore.Core.Paging;
using HyperCore.Core.Trust;
using HyperCore.Efi.Cpu;
using HyperCore.Efi.Drivers;
using HyperCore.Efi.Memory;
using HyperCore.Efi.Panic;
using HyperCore.Efi.Pcpus;
using HyperCore.Efi.Uefi;
using Internal.Runtime.CompilerHelpers;

namespace HyperCore.Efi.Startup;

/// <summary>From the relocated image's first instruction until the machine is HyperCore's.</summary>
internal sealed unsafe class StartupSequence
{
    private const uint RefusalSeconds = 15;

    // Below this there is no room for HyperCore, firmware and a guest worth its name.
    private const ulong MinimumRam = 96ul << 20;

    // Room for ranges that are mapped later: device windows above RAM.
    private const int SpareRanges = 12;

    private readonly void* _imageHandle;
    private readonly EFI_SYSTEM_TABLE* _table;
    private readonly EFI_BOOT_SERVICES* _services;
    private readonly HostLayout _layout;
    private readonly FirmwareConsole _console;
    private readonly FirmwareMemoryMap _firmwareMap;
    private readonly StartupInformation _information;
    private ulong _tables;
    private int _tableFrames;
    private ulong _trampoline;

    private StartupSequence(void* imageHandle, EFI_SYSTEM_TABLE* table, EFI_LOADED_IMAGE_PROTOCOL* image, HostLayout layout, ulong startTsc)
    {
        _imageHandle = imageHandle;
        _table = table;
        _services = table->BootServices;
        _layout = layout;
        _console = new FirmwareConsole(table);
        _firmwareMap = new FirmwareMemoryMap(_services);

        // 0: the firmware's watchdog would reset the machine after five minutes of loading (UEFI 2.10, 7.5).
        _services->SetWatchdogTimer(0, 0, 0, null);
        _console.Clear();
        _console.Write("HyperCore ");
        _console.Write(ProductVersion.Text);
        _console.Write("\r\n\r\n");
        var files = new FileLoader(_services, image->DeviceHandle, new FirmwareProgress(_console));
        files.ChoosePlace(BootPath.Configuration);
        _information = new StartupInformation(layout, image->ImageSize, files) { StartTsc = startTsc, Console = _console };
        _information.Trust = BootTrust.Create(table, _information.Image, files);
        files.Trust = _information.Trust;
        _information.Config = files.Load(BootPath.Configuration);
        FirmwareFacts.Collect(_information, table, image);
        _information.Runtime = new RuntimePreparation(table);
        files.Progress = ScreenProgress.Create(_information.Framebuffer) ?? files.Progress;
    }

    /// <summary>The relocated image's entry: brings managed code to life, then starts up.</summary>
    /// <returns>Why HyperCore did not start; it does not return when it does.</returns>
    public static EFI_STATUS Begin(void* imageHandle, EFI_SYSTEM_TABLE* table, EFI_LOADED_IMAGE_PROTOCOL* image, HostLayout* layout)
    {
        ulong startTsc = Intrinsics.ReadTsc();
        Arena.Initialize((byte*)layout->Heap, (nuint)HostLayout.HeapBytes);
        StartupCodeHelpers.Initialize();
        var serial = new Serial16550(Serial16550.Com1);
        serial.Initialize();
        PanicHandler.Install(ProductVersion.Text, serial);
        return new StartupSequence(imageHandle, table, image, *layout, startTsc).Run();
    }

    private EFI_STATUS Run()
    {
        if (!HostPaging.HasNoExecute)
        {
            return Refuse("the processor has no NX bit.", EFI_STATUS.EFI_UNSUPPORTED);
        }

        if (!_firmwareMap.TryFetch() || !_firmwareMap.TryRead(_information.MemoryMap))
        {
            return Refuse("the firmware's memory map cannot be read.", EFI_STATUS.EFI_DEVICE_ERROR);
        }

        if (_information.MemoryMap.TotalRam < MinimumRam)
        {
            return RefuseSmallMachine();
        }

        string? reason = Hypervisor.Prepare(_information);
        if (reason != null)
        {
            return Refuse(reason, EFI_STATUS.EFI_ABORTED);
        }

        if (!TryBuildPageTables())
        {
            return Refuse("not enough memory for HyperCore's page tables.", EFI_STATUS.EFI_OUT_OF_RESOURCES);
        }

        // From here on an internal error is reported by HyperCore itself: the firmware's handlers go with the firmware.
        DescriptorTables descriptorTables = BuildDescriptorTables();
        LeaveFirmware();
        descriptorTables.Load();
        PanicHandler.SetTablesLoaded();
        ClaimMemory();
        HostPaging.Install(_information.PageTables);
        StackSwitch.Run(_layout.BootStackTop, &Hypervisor.Run, _information);
        return EFI_STATUS.EFI_ABORTED;
    }

    // Everything that can fail is done while the firmware is still there to fall back to. The map may still change until boot services end, but
    // not in what is RAM and what is not, and nothing else matters for the tables.
    private bool TryBuildPageTables()
    {
        HostMemoryMap map = _information.MemoryMap;
        if (!_firmwareMap.TryFetch() || !_firmwareMap.TryRead(map))
        {
            return false;
        }

        TakePcpuMemory();
        bool gigabytePages = HostPaging.HasGigabytePages;
        _tableFrames = HostAddressSpace.FramesNeeded(map, gigabytePages, _layout.TotalBytes + _information.PcpuMemory.TotalBytes, 2 + SpareRanges);
        _information.Runtime.TakeMemory(_firmwareMap, _tableFrames);
        ulong address = 0;
        if (_services->AllocatePages(EFI_ALLOCATE_TYPE.AllocateAnyPages, EFI_MEMORY_TYPE.EfiReservedMemoryType, (nuint)_tableFrames, &address) != EFI_STATUS.EFI_SUCCESS)
        {
            return false;
        }

        _tables = address;
        if (!_firmwareMap.TryFetch() || !_firmwareMap.TryRead(map) || !TryAddOwnMemory(map))
        {
            return false;
        }

        var tables = new HostPageTables((byte*)address, address, _tableFrames, gigabytePages, HostPaging.HasFiveLevels);
        _information.PageTables = tables;
        if (_information.Runtime.Create(gigabytePages) is { } runtime)
        {
            _information.Runtime.Finish(_firmwareMap, TryMapEverything(runtime, map));
        }

        _information.Footprint = new MemoryFootprint
        {
            Image = _layout.ImageBytes,
            Stacks = _layout.StackBytes + _information.PcpuMemory.TotalBytes,
            Heap = HostLayout.HeapBytes,
            PageTables = (ulong)(_tableFrames + _information.Runtime.Frames) * HostLayout.PageSize,
        };
        return TryMapEverything(tables, map);
    }

    private bool TryMapEverything(HostPageTables tables, HostMemoryMap map) => HostAddressSpace.TryMapMachine(tables, map)
        && TryMapFramebuffer(tables)
        && HostAddressSpace.TryMapImage(tables, _information.Image, _layout.Image)
        && TryMapGuardPages(tables);

    // Below 512 KiB if there is room: further up firmware likes to keep pages of its own kind.
    private void TakePcpuMemory()
    {
        const ulong LowEnd = 0x7_FFFF;
        const ulong LowMemoryEnd = 0x9_FFFF;
        _information.Processors = ProcessorDiscovery.Find(
            _services, _information.MemoryMap, _information.RootSystemDescriptionPointer, out string source);
        _information.ProcessorSource = source;
        int count = _information.Processors.Count - 1;
        if (count == 0)
        {
            return;
        }

        var layout = new PcpuLayout(0, count);
        if (!TryTakePages(EFI_ALLOCATE_TYPE.AllocateMaxAddress, LowEnd, Trampoline.PageCount, out _trampoline)
            && !TryTakePages(EFI_ALLOCATE_TYPE.AllocateMaxAddress, LowMemoryEnd, Trampoline.PageCount, out _trampoline))
        {
            return;
        }

        if (!TryTakePages(EFI_ALLOCATE_TYPE.AllocateAnyPages, 0, (nuint)(layout.TotalBytes / HostLayout.PageSize), out ulong address))
        {
            _services->FreePages(_trampoline, Trampoline.PageCount);
            _trampoline = 0;
            return;
        }

        _information.TrampolineAddress = _trampoline;
        _information.PcpuMemory = new PcpuLayout(address, count);
        new Span<byte>((byte*)address, (int)layout.TotalBytes).Clear();
    }

    private bool TryTakePages(EFI_ALLOCATE_TYPE type, ulong end, nuint pages, out ulong address)
    {
        ulong found = end;
        bool taken = _services->AllocatePages(type, EFI_MEMORY_TYPE.EfiReservedMemoryType, pages, &found) == EFI_STATUS.EFI_SUCCESS;

        // Page 0 is of no use: a null reference must fault.
        address = taken && found != 0 ? found : 0;
        return address != 0;
    }

    private bool TryMapFramebuffer(HostPageTables tables)
    {
        FramebufferInformation? framebuffer = _information.Framebuffer;
        if (framebuffer == null)
        {
            return true;
        }

        ulong start = framebuffer.Address & ~(HostLayout.PageSize - 1);
        ulong length = HostAddressSpace.RoundUp(framebuffer.Address + framebuffer.Length - start);
        return tables.Map(start, length, HostPageAccess.Write, HostMemoryType.WriteCombining);
    }

    private bool TryMapGuardPages(HostPageTables tables)
    {
        for (int i = 0; i < HostLayout.StackCount; i++)
        {
            if (!tables.Map(_layout.GuardPage(i), HostLayout.PageSize, HostPageAccess.None))
            {
                return false;
            }
        }

        PcpuLayout pcpus = _information.PcpuMemory;
        for (int processor = 0; processor < pcpus.Count; processor++)
        {
            for (int i = 0; i < PcpuLayout.StackCount; i++)
            {
                if (!tables.Map(pcpus.GuardPage(processor, i), HostLayout.PageSize, HostPageAccess.None))
                {
                    return false;
                }
            }
        }

        return true;
    }

    private bool TryAddOwnMemory(HostMemoryMap map)
    {
        bool added = map.Set(_layout.Image, _layout.TotalBytes, HostMemoryKind.HyperCore)
            && map.Set(_tables, (ulong)_tableFrames * HostLayout.PageSize, HostMemoryKind.HyperCore)
            && map.Set(_information.Runtime.Address, (ulong)_information.Runtime.Frames * HostLayout.PageSize, HostMemoryKind.HyperCore);
        if (_trampoline != 0)
        {
            PcpuLayout pcpus = _information.PcpuMemory;
            added = added
                && map.Set(_trampoline, Trampoline.PageCount * HostLayout.PageSize, HostMemoryKind.HyperCore)
                && map.Set(pcpus.Address, pcpus.TotalBytes, HostMemoryKind.HyperCore);
        }

        FileLoader files = _information.Files;
        for (int i = 0; i < files.Count; i++)
        {
            added = added && map.Set((ulong)files[i].Address, files[i].AllocatedBytes, HostMemoryKind.LoadedFile);
        }

        return added;
    }

    // UEFI 2.10, 7.4.6: the key must be that of the current map, and asking for it can change it; after a failed attempt nothing but these two
    // services may be called.
    private void LeaveFirmware()
    {
        const int Attempts = 16;
        for (int i = 0; i < Attempts; i++)
        {
            if (_firmwareMap.TryFetch() && _services->ExitBootServices(_imageHandle, _firmwareMap.Key) == EFI_STATUS.EFI_SUCCESS)
            {
                Intrinsics.DisableInterrupts();
                return;
            }
        }

        PanicHandler.Stop("The firmware does not end its boot services.");
    }

    private void ClaimMemory()
    {
        if (!_firmwareMap.TryRead(_information.MemoryMap) || !TryAddOwnMemory(_information.MemoryMap))
        {
            PanicHandler.Stop("The firmware's memory map changed while its boot services ended, and cannot be read any more.");
        }

        _information.Runtime.Check(_firmwareMap);
    }

    private DescriptorTables BuildDescriptorTables()
    {
        Span<ulong> tops = stackalloc ulong[HostLayout.InterruptStackCount];
        for (int i = 0; i < tops.Length; i++)
        {
            tops[i] = _layout.InterruptStackTop(i);
        }

        return new DescriptorTables(tops);
    }

    private EFI_STATUS RefuseSmallMachine()
    {
        Span<char> buffer = stackalloc char[160];
        var text = new TextBuilder(buffer);
        text.Append("not enough memory: this machine has ");
        text.AppendMemorySize(_information.MemoryMap.TotalRam);
        text.Append(", HyperCore and a virtual machine need at least ");
        text.AppendMemorySize(MinimumRam);
        text.Append('.');
        return Refuse(text.Text, EFI_STATUS.EFI_OUT_OF_RESOURCES);
    }

    private EFI_STATUS Refuse(scoped ReadOnlySpan<char> reason, EFI_STATUS status)
    {
        _console.Clear();
        _console.Refuse(reason, RefusalSeconds);
        _information.Files.FreeAll();
        if (_tables != 0)
        {
            _services->FreePages(_tables, (nuint)_tableFrames);
        }

        _information.Runtime.Free();
        if (_trampoline != 0)
        {
            _services->FreePages(_trampoline, Trampoline.PageCount);
            _services->FreePages(_information.PcpuMemory.Address, (nuint)(_information.PcpuMemory.TotalBytes / HostLayout.PageSize));
        }

        return status;
    }
}
