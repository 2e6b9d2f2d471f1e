using System;
using System.Collections.Generic;
using HyperCore.Core.Boot;
using HyperCore.Core.Diagnostics;
using HyperCore.Core.Paging;
using HyperCore.Efi.Uefi;

namespace HyperCore.Efi.Startup;

/// <summary>
/// Loads files from where HyperCore was started into memory that stays HyperCore's: from a partition, or from a volume of the firmware's flash and,
/// when there is no configuration in it, the first partition that has one. A file that cannot be loaded is not fatal: the reason is kept with
/// it. Not after ExitBootServices.
/// </summary>
public sealed unsafe class FileLoader
{
    private const string Volume = "in the firmware volume HyperCore was started from";
    private const int MaxPath = 255;
    private const int ChunkBytes = 1 << 20;
    private const int FileInfoBytes = 80 + ((MaxPath + 1) * sizeof(char));

    private readonly EFI_BOOT_SERVICES* _services;
    private readonly FirmwareVolumeFiles? _volume;
    private readonly bool _isFromPartition;
    private readonly List<LoadedFile> _files = new();
    private EFI_FILE_PROTOCOL* _root;
    private string _partition = "on the partition HyperCore was started from";

    /// <summary>Opens the file system of a device, or the firmware volume that it is.</summary>
    internal FileLoader(EFI_BOOT_SERVICES* services, void* device, LoadProgress? progress)
    {
        _services = services;
        Progress = progress;
        EFI_GUID guid = EFI_GUID.EFI_SIMPLE_FILE_SYSTEM_PROTOCOL_GUID;
        EFI_SIMPLE_FILE_SYSTEM_PROTOCOL* fileSystem = null;
        EFI_FILE_PROTOCOL* root = null;
        if (device != null
            && services->HandleProtocol(device, &guid, (void**)&fileSystem) == EFI_STATUS.EFI_SUCCESS
            && fileSystem->OpenVolume(fileSystem, &root) == EFI_STATUS.EFI_SUCCESS)
        {
            _root = root;
            _isFromPartition = true;
        }
        else
        {
            _volume = FirmwareVolumeFiles.Of(services, device);
        }
    }

    /// <summary>Who is told how loading goes; the firmware's console at first.</summary>
    public LoadProgress? Progress { get; set; }

    /// <summary>Decides about each file before anybody gets it.</summary>
    internal BootTrust? Trust { get; set; }

    /// <summary>
    /// Where the configuration is, or else all the places where it was looked for, to follow "there is no file" or "correct the file":
    /// <c>on the partition HyperCore was started from</c>.
    /// </summary>
    public string ConfigurationPlace => _root != null ? _partition : Searched;

    /// <summary>Number of files asked for so far, loaded or not.</summary>
    public int Count => _files.Count;

    /// <summary>A file asked for, in the order of asking.</summary>
    public LoadedFile this[int index] => _files[index];

    /// <summary>Bytes of memory all loaded files take.</summary>
    public ulong AllocatedBytes
    {
        get
        {
            ulong total = 0;
            for (int i = 0; i < _files.Count; i++)
            {
                total += _files[i].AllocatedBytes;
            }

            return total;
        }
    }

    /// <summary>
    /// Decides where files come from. If HyperCore was not started from a partition and the configuration is not in its firmware volume either, the
    /// first partition of the machine that has one is where it and all other files are looked for, too.
    /// </summary>
    /// <param name="path">The path of the configuration, on every partition.</param>
    internal void ChoosePlace(string path)
    {
        if (_root == null && (_volume == null || !_volume.TryFind(path, out _)))
        {
            char* name = stackalloc char[MaxPath + 1];
            CopyPath(path, name);
            _root = PartitionSearch.Find(_services, name);
            _partition = _root != null ? "on the partition that has hypercore.conf" : "on any partition of this machine";
        }
        else if (_root == null)
        {
            // A volume with a configuration is complete: no disk can change what a machine starts from its flash.
            _partition = "";
        }
    }

    /// <summary>
    /// Loads a file, or returns it when it was asked for before (the file system does not tell upper from lower case, so neither does this).
    /// </summary>
    /// <param name="path">Its path from the root of the partition, with <c>\</c> or <c>/</c>.</param>
    public LoadedFile Load(string path)
    {
        for (int i = 0; i < _files.Count; i++)
        {
            if (FilePath.IsSame(_files[i].Path, path))
            {
                return _files[i];
            }
        }

        LoadedFile file = Read(path);
        if (file.Error == null && Trust?.WhyRefused(file) is { } reason)
        {
            Free(file);
            file = new LoadedFile(path, reason, isMissing: false) { IsRefused = true };
        }

        _files.Add(file);
        return file;
    }

    /// <summary>Loads a file that <see cref="Trust"/> itself needs, past it. It is not kept, so that nobody else can get it; the caller frees it.</summary>
    internal LoadedFile LoadForTrust(string path) => Read(path);

    /// <summary>Gives a file's memory back to the firmware.</summary>
    internal void Free(LoadedFile file)
    {
        if (file.AllocatedBytes != 0)
        {
            _services->FreePages((ulong)file.Address, (nuint)(file.AllocatedBytes / HostPageTables.PageSize));
        }
    }

    /// <summary>
    /// A file is on the partition HyperCore was started from; it is not loaded. A firmware volume has no files that a device path could name by their
    /// paths (UEFI 2.10, 10.3.5.6), and what is on the partition that the configuration came from then does not count.
    /// </summary>
    public bool IsBesideHyperCore(string path)
    {
        char* name = stackalloc char[MaxPath + 1];
        if (!_isFromPartition || path.Length > MaxPath)
        {
            return false;
        }

        CopyPath(path, name);
        EFI_FILE_PROTOCOL* file = null;
        if (_root->Open(_root, &file, name, EFI_FILE_PROTOCOL.EFI_FILE_MODE_READ, 0) != EFI_STATUS.EFI_SUCCESS || file == null)
        {
            return false;
        }

        file->Close(file);
        return true;
    }

    /// <summary>Gives everything back to the firmware, when HyperCore does not start after all.</summary>
    internal void FreeAll()
    {
        if (_root != null)
        {
            _root->Close(_root);
        }

        for (int i = 0; i < _files.Count; i++)
        {
            Free(_files[i]);
        }

        _files.Clear();
    }

    private string Searched => _volume == null ? _partition : _partition.Length == 0 ? Volume : string.Concat(Volume, ", nor ", _partition);

    private LoadedFile Read(string path)
    {
        if (path.Length > MaxPath)
        {
            return Missing(path, "the path is longer than 255 characters");
        }

        if (_volume != null && _volume.TryFind(path, out EFI_GUID volumeFile))
        {
            return Read(path, _volume, volumeFile);
        }

        if (_root == null)
        {
            return Missing(path, string.Concat("not found ", Searched));
        }

        char* name = stackalloc char[MaxPath + 1];
        CopyPath(path, name);
        EFI_FILE_PROTOCOL* file = null;
        EFI_STATUS status = _root->Open(_root, &file, name, EFI_FILE_PROTOCOL.EFI_FILE_MODE_READ, 0);
        if (status == EFI_STATUS.EFI_NOT_FOUND || (status == EFI_STATUS.EFI_SUCCESS && file == null))
        {
            return Missing(path, string.Concat("not found ", Searched));
        }

        if (status != EFI_STATUS.EFI_SUCCESS)
        {
            return Failed(path, "cannot be opened", status);
        }

        LoadedFile result = Read(path, file);
        file->Close(file);
        return result;
    }

    private LoadedFile Read(string path, FirmwareVolumeFiles volume, EFI_GUID name)
    {
        EFI_STATUS status = volume.Read(name, out byte* content, out nuint length);
        if (status != EFI_STATUS.EFI_SUCCESS)
        {
            return Failed(path, "cannot be read from the firmware volume", status);
        }

        // What the firmware allocated ends with boot services: it needs a place of its own.
        LoadedFile file = Allocate(path, length);
        if (file.Error == null)
        {
            Progress?.Report(path, 0, length);
            new ReadOnlySpan<byte>(content, (int)length).CopyTo(new Span<byte>(file.Address, (int)length));
            Progress?.Report(path, length, length);
        }

        _services->FreePool(content);
        return file;
    }

    private LoadedFile Read(string path, EFI_FILE_PROTOCOL* file)
    {
        byte* buffer = stackalloc byte[FileInfoBytes];
        var info = (EFI_FILE_INFO*)buffer;
        nuint size = FileInfoBytes;
        EFI_GUID guid = EFI_GUID.EFI_FILE_INFO_ID;
        EFI_STATUS status = file->GetInfo(file, &guid, &size, info);
        if (status != EFI_STATUS.EFI_SUCCESS)
        {
            return Failed(path, "its size cannot be read", status);
        }

        if ((info->Attribute & EFI_FILE_INFO.EFI_FILE_DIRECTORY) != 0)
        {
            return new LoadedFile(path, path + ": is a directory, not a file", isMissing: false);
        }

        ulong length = info->FileSize;
        LoadedFile result = Allocate(path, length);
        if (result.Error != null || length == 0)
        {
            return result;
        }

        status = ReadContent(path, file, result.Address, length);
        if (status != EFI_STATUS.EFI_SUCCESS)
        {
            _services->FreePages((ulong)result.Address, (nuint)(result.AllocatedBytes / HostPageTables.PageSize));
            return Failed(path, "cannot be read", status);
        }

        return result;
    }

    // Memory for a file, and an error when there is none.
    private LoadedFile Allocate(string path, ulong length)
    {
        if (length > int.MaxValue)
        {
            return new LoadedFile(path, path + ": is larger than 2 GiB", isMissing: false);
        }

        if (length == 0)
        {
            return new LoadedFile(path, null, 0);
        }

        nuint pages = (nuint)(HostAddressSpace.RoundUp(length) / HostPageTables.PageSize);
        ulong address = 0;
        EFI_STATUS status = _services->AllocatePages(EFI_ALLOCATE_TYPE.AllocateAnyPages, EFI_MEMORY_TYPE.EfiReservedMemoryType, pages, &address);
        if (status != EFI_STATUS.EFI_SUCCESS)
        {
            return TooLarge(path, length);
        }

        // What follows in the last page might be somebody's secret.
        new Span<byte>((byte*)address + length, (int)(((ulong)pages * HostPageTables.PageSize) - length)).Clear();
        return new LoadedFile(path, (byte*)address, length);
    }

    private EFI_STATUS ReadContent(string path, EFI_FILE_PROTOCOL* file, byte* address, ulong length)
    {
        Progress?.Report(path, 0, length);
        ulong done = 0;
        while (done < length)
        {
            nuint chunk = (nuint)Math.Min(length - done, ChunkBytes);
            EFI_STATUS status = file->Read(file, &chunk, address + done);
            if (status != EFI_STATUS.EFI_SUCCESS)
            {
                return status;
            }

            if (chunk == 0)
            {
                // Shorter than its directory entry says.
                return EFI_STATUS.EFI_VOLUME_CORRUPTED;
            }

            done += chunk;
            Progress?.Report(path, done, length);
        }

        return EFI_STATUS.EFI_SUCCESS;
    }

    private static void CopyPath(string path, char* name)
    {
        for (int i = 0; i < path.Length; i++)
        {
            name[i] = path[i] == '/' ? '\\' : path[i];
        }

        name[path.Length] = '\0';
    }

    private static LoadedFile Missing(string path, string reason) => new(path, string.Concat(path, ": ", reason), isMissing: true);

    private static LoadedFile Failed(string path, string what, EFI_STATUS status)
        => new(path, string.Concat(path, ": ", what, NameOf(status)), isMissing: false);

    private static LoadedFile TooLarge(string path, ulong length)
    {
        Span<char> buffer = stackalloc char[MaxPath + 64];
        var text = new TextBuilder(buffer);
        text.Append(path);
        text.Append(": not enough memory to load it, it needs ");
        text.AppendMemorySize(length);
        return new LoadedFile(path, new string(text.Text), isMissing: false);
    }

    private static string NameOf(EFI_STATUS status) => status switch
    {
        EFI_STATUS.EFI_DEVICE_ERROR => " (the device failed)",
        EFI_STATUS.EFI_VOLUME_CORRUPTED => " (the file system is damaged)",
        EFI_STATUS.EFI_NO_MEDIA or EFI_STATUS.EFI_MEDIA_CHANGED => " (the medium was removed)",
        EFI_STATUS.EFI_OUT_OF_RESOURCES => " (not enough memory)",
        EFI_STATUS.EFI_ACCESS_DENIED => " (access denied)",
        _ => " (firmware error)",
    };
}
