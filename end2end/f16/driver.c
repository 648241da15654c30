/* Mesa's software Vulkan driver in the place of Chromium's own, so that a browser without a graphics
 * card offers WebGPU's shader-f16, which Chromium's own software driver does not have.
 *
 * Everything is passed on to the driver that NEUROCARE_DRIVER names, but for three things:
 *   - its name: Chromium takes only SwiftShader for a software adapter;
 *   - 16-bit inputs and outputs of graphics shaders, which Chromium asks for before it offers
 *     shader-f16, and which compute shaders do not have;
 *   - semaphores as file descriptors, which it asks for to show pictures made by WebGPU on a page.
 */
#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <vulkan/vulkan_core.h>

#define SEMAPHORE_FD "VK_KHR_external_semaphore_fd"
#define MOST_EXTENSIONS 256

static PFN_vkGetInstanceProcAddr next_instance;
static PFN_vkGetDeviceProcAddr next_device;
static PFN_vkGetPhysicalDeviceProperties next_properties;
static PFN_vkGetPhysicalDeviceProperties2 next_properties2;
static PFN_vkGetPhysicalDeviceFeatures2 next_features2;
static PFN_vkEnumerateDeviceExtensionProperties next_extensions;
static PFN_vkCreateDevice next_create;

/* Vendor and device are those that SwiftShader registered with Khronos. */
static void rename_device(VkPhysicalDeviceProperties *properties)
{
	properties->vendorID = 0x1ae0;
	properties->deviceID = 0xc0de;
	properties->deviceType = VK_PHYSICAL_DEVICE_TYPE_CPU;
	strcpy(properties->deviceName, "SwiftShader Device");
}

static VKAPI_ATTR void VKAPI_CALL get_properties(VkPhysicalDevice device, VkPhysicalDeviceProperties *properties)
{
	next_properties(device, properties);
	rename_device(properties);
}

static VKAPI_ATTR void VKAPI_CALL get_properties2(VkPhysicalDevice device, VkPhysicalDeviceProperties2 *properties)
{
	next_properties2(device, properties);
	rename_device(&properties->properties);
	for (VkBaseOutStructure *it = properties->pNext; it; it = it->pNext)
		if (it->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_DRIVER_PROPERTIES)
			((VkPhysicalDeviceDriverProperties *)it)->driverID = VK_DRIVER_ID_GOOGLE_SWIFTSHADER;
}

static void set_16_bit_io(const void *chain, VkBool32 value)
{
	for (VkBaseOutStructure *it = (void *)chain; it; it = it->pNext) {
		if (it->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_16BIT_STORAGE_FEATURES)
			((VkPhysicalDevice16BitStorageFeatures *)it)->storageInputOutput16 = value;
		if (it->sType == VK_STRUCTURE_TYPE_PHYSICAL_DEVICE_VULKAN_1_1_FEATURES)
			((VkPhysicalDeviceVulkan11Features *)it)->storageInputOutput16 = value;
	}
}

static VKAPI_ATTR void VKAPI_CALL get_features2(VkPhysicalDevice device, VkPhysicalDeviceFeatures2 *features)
{
	next_features2(device, features);
	set_16_bit_io(features->pNext, VK_TRUE);
}

static VKAPI_ATTR VkResult VKAPI_CALL list_extensions(
	VkPhysicalDevice device, const char *layer, uint32_t *count, VkExtensionProperties *list)
{
	uint32_t room = *count;
	VkResult result = next_extensions(device, layer, count, list);
	if (layer || result != VK_SUCCESS)
		return result;
	if (list) {
		if (*count == room)
			return VK_INCOMPLETE;
		memset(&list[*count], 0, sizeof *list);
		strcpy(list[*count].extensionName, SEMAPHORE_FD);
		list[*count].specVersion = 1;
	}
	*count += 1;
	return result;
}

static VKAPI_ATTR void VKAPI_CALL get_semaphores(
	VkPhysicalDevice device, const VkPhysicalDeviceExternalSemaphoreInfo *info, VkExternalSemaphoreProperties *properties)
{
	(void)device;
	properties->exportFromImportedHandleTypes = info->handleType;
	properties->compatibleHandleTypes = info->handleType;
	properties->externalSemaphoreFeatures =
		VK_EXTERNAL_SEMAPHORE_FEATURE_EXPORTABLE_BIT | VK_EXTERNAL_SEMAPHORE_FEATURE_IMPORTABLE_BIT;
}

static VKAPI_ATTR VkResult VKAPI_CALL no_semaphore_fd(void)
{
	return VK_ERROR_OUT_OF_HOST_MEMORY;
}

static VKAPI_ATTR VkResult VKAPI_CALL create_device(
	VkPhysicalDevice device, const VkDeviceCreateInfo *info, const VkAllocationCallbacks *allocator, VkDevice *made)
{
	const char *names[MOST_EXTENSIONS];
	VkDeviceCreateInfo own = *info;
	own.enabledExtensionCount = 0;
	own.ppEnabledExtensionNames = names;
	for (uint32_t i = 0; i < info->enabledExtensionCount && i < MOST_EXTENSIONS; i++)
		if (strcmp(info->ppEnabledExtensionNames[i], SEMAPHORE_FD))
			names[own.enabledExtensionCount++] = info->ppEnabledExtensionNames[i];
	set_16_bit_io(info->pNext, VK_FALSE);
	return next_create(device, &own, allocator, made);
}

static VKAPI_ATTR PFN_vkVoidFunction VKAPI_CALL get_device(VkDevice device, const char *name)
{
	if (!strcmp(name, "vkGetDeviceProcAddr"))
		return (PFN_vkVoidFunction)get_device;
	if (!strcmp(name, "vkGetSemaphoreFdKHR") || !strcmp(name, "vkImportSemaphoreFdKHR"))
		return (PFN_vkVoidFunction)no_semaphore_fd;
	return next_device(device, name);
}

/* Keeps what `name` is, and answers with ours if there is one. */
#define REPLACE(wanted, next, ours)                  \
	if (found && !strcmp(name, wanted)) {        \
		next = (__typeof__(next))found;      \
		return (PFN_vkVoidFunction)ours;     \
	}

__attribute__((visibility("default"))) PFN_vkVoidFunction vkGetInstanceProcAddr(VkInstance instance, const char *name)
{
	if (!next_instance) {
		const char *path = getenv("NEUROCARE_DRIVER");
		void *driver = path ? dlopen(path, RTLD_NOW | RTLD_LOCAL) : NULL;
		if (!driver) {
			fprintf(stderr, "NEUROCARE_DRIVER: %s\n", path ? dlerror() : "not set");
			return NULL;
		}
		next_instance = (PFN_vkGetInstanceProcAddr)dlsym(driver, "vk_icdGetInstanceProcAddr");
	}
	if (!strcmp(name, "vkGetInstanceProcAddr"))
		return (PFN_vkVoidFunction)vkGetInstanceProcAddr;
	PFN_vkVoidFunction found = next_instance ? next_instance(instance, name) : NULL;
	REPLACE("vkGetPhysicalDeviceProperties", next_properties, get_properties)
	REPLACE("vkGetPhysicalDeviceProperties2", next_properties2, get_properties2)
	REPLACE("vkGetPhysicalDeviceProperties2KHR", next_properties2, get_properties2)
	REPLACE("vkGetPhysicalDeviceFeatures2", next_features2, get_features2)
	REPLACE("vkGetPhysicalDeviceFeatures2KHR", next_features2, get_features2)
	REPLACE("vkEnumerateDeviceExtensionProperties", next_extensions, list_extensions)
	REPLACE("vkGetDeviceProcAddr", next_device, get_device)
	REPLACE("vkCreateDevice", next_create, create_device)
	if (found && !strncmp(name, "vkGetPhysicalDeviceExternalSemaphoreProperties", 46))
		return (PFN_vkVoidFunction)get_semaphores;
	return found;
}
